"""Prediction beside measurement."""

from __future__ import annotations

from tests.views.calculator import samples
from views.calculator.truth import TruthPage
from views.frames.calculator import TruthFrame


def test_terms_and_history(qtbot, theme) -> None:
    page = TruthPage(theme)
    qtbot.addWidget(page)
    page.set_frame(TruthFrame())
    assert page.sentence().startswith("Load a model")
    page.set_frame(samples.truth())
    assert page.terms.rows()[0] == ("Weights", "298,024,960", "298,024,960", "0")
    assert page.history.rows() == [("20 Nov", "demo W4A8", "+59 MiB")]
