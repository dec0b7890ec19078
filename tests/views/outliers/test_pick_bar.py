from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from views.fields import ChoiceBox
from views.frames import Choice
from views.frames.outliers import PickFrame
from views.outliers.pick_bar import PickBar

TWO = (Choice("a", "A"), Choice("b", "B"))
FRAME = PickFrame(TWO, "a", TWO, "a", TWO, "a", TWO, "a", enabled=True)


def test_every_picker_says_what_was_picked(qtbot) -> None:
    bar = PickBar()
    qtbot.addWidget(bar)
    qtbot.addWidget(bar.colours)
    bar.show()
    bar.set_frame(FRAME)
    boxes = [*bar.findChildren(ChoiceBox), *bar.colours.findChildren(ChoiceBox)]
    signals = (bar.kind_chosen, bar.statistic_chosen, bar.scale_chosen, bar.palette_chosen)
    for box, signal in zip(boxes, signals, strict=True):
        with qtbot.waitSignal(signal) as caught:
            QTest.keyClick(box, Qt.Key.Key_Down)
        assert caught.args == ["b"]
    with qtbot.waitSignal(bar.sort_toggled) as caught:
        QTest.mouseClick(bar.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert caught.args == [True]


def test_without_a_capture_there_is_nothing_to_pick(qtbot) -> None:
    bar = PickBar()
    qtbot.addWidget(bar)
    bar.set_frame(PickFrame(TWO, "a", TWO, "a", TWO, "a", TWO, "a"))
    assert not bar.isEnabled()
