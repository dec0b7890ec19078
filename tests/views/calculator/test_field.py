"""One input: text, picker or tick, with its lock and its error."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from tests.views.controls import pick
from views.calculator.field import Field
from views.fields import ChoiceBox
from views.frames import Choice
from views.frames.calculator import FieldFrame

CONTEXT = FieldFrame("context", "Context", "32k", "Tokens of each chat", locked=False)
BITS = FieldFrame("bits", "Weights", "4", choices=(Choice("4", "4 bits"), Choice("8", "8 bits")))


def make(qtbot, frame: FieldFrame) -> Field:
    field = Field(frame)
    qtbot.addWidget(field)
    field.show()
    return field


def test_every_letter_is_told(qtbot) -> None:
    field = make(qtbot, replace(CONTEXT, value=""))
    told: list[tuple[str, str]] = []
    field.edited.connect(lambda *args: told.append(args))
    qtbot.keyClicks(field.control(), "8k")
    assert told == [("context", "8"), ("context", "8k")]


def test_an_error_stands_beside_the_field_and_the_text_stays(qtbot) -> None:
    field = make(qtbot, CONTEXT)
    field.control().setText("x")
    field.set_frame(replace(CONTEXT, value="x", error="'x' is not a number."))
    assert field.error() == "'x' is not a number."
    assert field.control().text() == "x"
    assert field.control().accessibleDescription() == "'x' is not a number."
    assert field.control().property("look") == "wrong"
    field.set_frame(CONTEXT)
    assert (field.error(), field.control().text()) == ("", "32k")


def test_the_cursor_stays_while_the_text_is_the_same(qtbot) -> None:
    field = make(qtbot, CONTEXT)
    line = field.control()
    assert isinstance(line, QLineEdit)
    line.setCursorPosition(1)
    field.set_frame(CONTEXT)
    assert line.cursorPosition() == 1


def test_a_lock_is_a_button_of_its_own(qtbot) -> None:
    field = make(qtbot, CONTEXT)
    with qtbot.waitSignal(field.locked) as told:
        qtbot.mouseClick(field.lock(), Qt.MouseButton.LeftButton)
    assert told.args == ["context", True]
    assert field.lock().accessibleName() == "Keep context as it is"
    field.set_frame(replace(CONTEXT, locked=False))
    assert not field.lock().isChecked()


def test_a_choice_is_picked(qtbot) -> None:
    field = make(qtbot, BITS)
    box = field.control()
    assert isinstance(box, ChoiceBox)
    with qtbot.waitSignal(field.edited) as told:
        pick(qtbot, box, "8 bits")
    assert told.args == ["bits", "8"]
    assert field.lock() is None


def test_a_tick_says_on_and_off(qtbot) -> None:
    field = make(qtbot, FieldFrame("display", "Display", "off"))
    with qtbot.waitSignal(field.edited) as told:
        qtbot.keyClick(field.control(), Qt.Key.Key_Space)
    assert told.args == ["display", "on"]


def test_its_button_and_enter_do_the_same(qtbot) -> None:
    field = make(qtbot, FieldFrame("hub", "Name", "Qwen/Qwen3-8B", action="Read"))
    with qtbot.waitSignal(field.acted):
        qtbot.keyClick(field.control(), Qt.Key.Key_Return)
    with qtbot.waitSignal(field.acted) as told:
        qtbot.mouseClick(field.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert told.args == ["hub"]
