from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from views.fields import WholeBox
from views.frames import Choice
from views.frames.outliers import BarSpread, KnockoutFrame
from views.outliers.knockout import FactorChart, KnockoutPage
from views.theme import Theme

BARS = (
    BarSpread("untouched", 1.0, "× 1.000"),
    BarSpread("without random", 1.1, "× 1.1", (0.9, 1.2), (1.0, 1.001)),
)
FRAME = KnockoutFrame(
    (Choice("inputs", "Inputs"),), "inputs", 5, (("Perplexity", BARS),), "A verdict", "A note", enabled=True
)


def test_it_is_run_and_cancelled_by_one_button(theme: Theme, qtbot) -> None:
    page = KnockoutPage(theme)
    qtbot.addWidget(page)
    page.show()
    page.set_frame(FRAME)
    assert page.note() == "A note"
    assert page.verdict() == "A verdict"
    go = page.findChild(QPushButton)
    with qtbot.waitSignal(page.run_requested):
        QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    page.set_frame(replace(FRAME, running=True, progress=0.5, stage="untouched"))
    with qtbot.waitSignal(page.cancel_requested):
        QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    page.set_frame(replace(FRAME, enabled=False))
    assert not go.isEnabled()
    with qtbot.waitSignal(page.seeds_chosen) as caught:
        page.findChild(WholeBox).setValue(7)
    assert caught.args == [7]


def test_the_chart_has_room_for_every_bar(theme: Theme, qtbot) -> None:
    chart = FactorChart(theme)
    qtbot.addWidget(chart)
    before = chart.sizeHint().height()
    chart.set_charts(FRAME.charts)
    assert chart.sizeHint().height() > before + 2 * 20
    chart.resize(400, 120)
    assert not chart.grab().isNull()
