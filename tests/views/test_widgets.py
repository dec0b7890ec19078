"""Small widgets: names for screen readers, text that is never markup, text that is cut and not lost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from views.widgets import ElidedLabel, as_card, describe, label, push_button, tool_button


def test_describe_names_and_explains(qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    describe(widget, "Layer", "Layer of the model")
    assert (widget.accessibleName(), widget.toolTip()) == ("Layer", "Layer of the model")
    describe(widget, "Layer")
    assert widget.toolTip() == "Layer"


def test_label_never_takes_text_for_markup(qtbot) -> None:
    shown = label("<b>1 < 2</b>", "muted")
    qtbot.addWidget(shown)
    assert shown.textFormat() == Qt.TextFormat.PlainText
    assert shown.property("look") == "muted"


def test_buttons_are_clicked_by_key_and_by_mouse(qtbot) -> None:
    for make in (push_button, tool_button):
        button = make("Send", "Send the message")
        qtbot.addWidget(button)
        button.show()
        with qtbot.waitSignal(button.clicked):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, Qt.Key.Key_Space)


def test_button_without_text_is_named_by_its_tooltip(qtbot) -> None:
    button = tool_button("", "Copy this answer", icon_name="copy")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Copy this answer"
    assert not button.icon().isNull()


def test_elided_label_cuts_what_does_not_fit(qtbot) -> None:
    shown = ElidedLabel()
    qtbot.addWidget(shown)
    shown.resize(60, 20)
    shown.set_text("a very long model name indeed")
    assert shown.text().endswith("…")
    assert shown.whole_text() == shown.toolTip() == "a very long model name indeed"
    shown.resize(600, 20)
    shown.show()
    assert shown.text() == shown.whole_text()


def test_card_has_the_look_of_one(qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    as_card(widget)
    assert widget.property("look") == "panel"
    assert widget.testAttribute(Qt.WidgetAttribute.WA_StyledBackground)
