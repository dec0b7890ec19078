"""The terms below the bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

from tests.views.calculator import samples
from views.calculator.legend import TermLegend
from views.frames.calculator import BarFrame
from views.theme import Theme


@pytest.fixture
def legend(qtbot, theme) -> TermLegend:
    result = TermLegend(theme)
    qtbot.addWidget(result)
    result.resize(760, 90)
    result.set_frame(samples.bar())
    result.show()
    return result


def test_every_term_says_its_size(legend: TermLegend) -> None:
    assert legend.term("kv_cache").accessibleName() == "KV cache: 4.50 GiB"
    assert "2 · 36 · 8" in legend.term("kv_cache").toolTip()


def test_a_term_is_opened_by_mouse_and_by_key(qtbot, legend: TermLegend) -> None:
    with qtbot.waitSignal(legend.chosen) as told:
        qtbot.mouseClick(legend.term("scales"), Qt.MouseButton.LeftButton)
    assert told.args == ["scales"]
    with qtbot.waitSignal(legend.chosen) as told:
        qtbot.keyClick(legend.term("weights"), Qt.Key.Key_Space)
    assert told.args == ["weights"]


def test_it_reflows(qtbot, legend: TermLegend) -> None:
    terms = [legend.term(key) for key in samples.SIZES]
    qtbot.waitUntil(lambda: len({term.x() for term in terms}) == 5)
    legend.resize(310, 200)
    qtbot.waitUntil(lambda: len({term.x() for term in terms}) == 2)


def test_a_term_that_is_gone_is_gone(legend: TermLegend) -> None:
    legend.set_frame(BarFrame(samples.bar().segments[:1]))
    assert not legend.term("weights").isHidden()
    assert legend.term("kv_cache").isHidden()


def test_a_term_has_room_for_its_words_at_larger_text(legend: TermLegend, theme: Theme) -> None:
    theme.set_scale(1.5)
    term = legend.term("weights")
    assert term.sizeHint().height() >= 2 * term.fontMetrics().height()
    bold = QFont(term.font())
    bold.setBold(True)
    needed = QFontMetrics(bold).horizontalAdvance("912.00 KiB") + term.fontMetrics().horizontalAdvance(
        "  100%"
    )
    assert term.sizeHint().width() >= needed
