"""Finding and working a panel's controls as a person would."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

Control = TypeVar("Control", bound=QWidget)


def named(parent: QWidget, kind: type[Control], name: str) -> Control:
    """The one control of its kind with that accessible name."""
    (found,) = (child for child in parent.findChildren(kind) if child.accessibleName() == name)
    return found


def pick(qtbot, box: QComboBox, text: str) -> None:
    """Choose an entry of the opened list by keyboard."""
    box.showPopup()
    qtbot.keyClick(box.view(), Qt.Key.Key_Home)
    for _ in range(box.findText(text)):
        qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
