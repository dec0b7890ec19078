"""Gauges show what is known and leave out what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QProgressBar

from tests.views import samples
from views.chat.gauges import Gauges, state_text
from views.frames import StatusFrame

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def gauges(qtbot) -> Gauges:
    result = Gauges()
    qtbot.addWidget(result)
    result.resize(720, 24)
    result.show()
    return result


def test_every_figure_has_its_unit(gauges: Gauges) -> None:
    gauges.set_frame(samples.status())
    assert gauges.texts() == [
        "Answering",
        "31.4 tok/s",
        "prefill 412 tok/s",
        "first token 184 ms",
        "1,204 / 4,096",
    ]


def test_unknown_figures_are_left_out(gauges: Gauges) -> None:
    gauges.set_frame(samples.status())
    gauges.set_frame(StatusFrame())
    assert gauges.texts() == ["No model is open"]
    assert not gauges.findChild(QProgressBar).isVisible()


def test_context_bar_is_filled_by_what_is_used(gauges: Gauges) -> None:
    gauges.set_frame(samples.status())
    bar = gauges.findChild(QProgressBar)
    assert (bar.value(), bar.maximum()) == (1204, 4096)
    gauges.set_frame(replace(samples.status(), context_used_tokens=5000))
    assert bar.value() == 4096


def test_reading_the_prompt_is_counted() -> None:
    reading = StatusFrame(state="Reading", prompt_done_tokens=512, prompt_total_tokens=2048)
    assert state_text(reading) == "Reading · 512 of 2,048 tokens"
    assert state_text(replace(reading, prompt_done_tokens=2048)) == "Reading"
