from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from views.frames.microscope import OptionFrame, OptionsFrame
from views.microscope.options import Options
from views.theme import Theme

FRAME = OptionsFrame(
    "Relative error",
    (
        OptionFrame("a", "as it is", "8 %", 1.0),
        OptionFrame("b", "per 16", "4 %", 0.5, checked=True, best=True),
    ),
    "Capture activations",
    "a note",
)


def test_a_click_chooses_and_the_button_asks(theme: Theme, qtbot: QtBot) -> None:
    options = Options(theme, "What if")
    qtbot.addWidget(options)
    options.set_frame(FRAME)
    options.show()
    first, second = options.buttons()
    assert second.accessibleName() == "per 16: 4 %"
    assert second.isChecked()
    assert not first.isChecked()
    with qtbot.waitSignal(options.chosen) as chosen:
        qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert chosen.args == ["b"]
    with qtbot.waitSignal(options.asked):
        qtbot.mouseClick(options.action(), Qt.MouseButton.LeftButton)


def test_a_longer_bar_is_a_larger_error(theme: Theme, qtbot: QtBot) -> None:
    options = Options(theme, "What if")
    qtbot.addWidget(options)
    options.resize(300, 200)
    options.set_frame(FRAME)
    options.show()
    ends = []
    for button in options.buttons():
        picture = button.grab().toImage()
        y = picture.height() - 4
        paper = picture.pixelColor(picture.width() // 2, picture.height() // 2 - 8)
        coloured = [x for x in range(4, picture.width() - 4) if picture.pixelColor(x, y) != paper]
        ends.append(len(coloured))
    assert ends[0] > 1.5 * ends[1]


def test_without_options_only_the_note_is_there(theme: Theme, qtbot: QtBot) -> None:
    options = Options(theme, "What if")
    qtbot.addWidget(options)
    options.set_frame(FRAME)
    options.set_frame(OptionsFrame())
    assert options.buttons() == []
    assert options.action().isHidden()
