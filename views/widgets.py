"""Small controls shared by the panels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from views.icons import icon

_TEXT_CHANGES = (QEvent.Type.FontChange, QEvent.Type.StyleChange)  # after which words are wider or narrower
_Button = TypeVar("_Button", bound=QAbstractButton)


def describe(widget: QWidget, name: str, tooltip: str = "") -> None:
    """Give a control the name a screen reader speaks, and its tooltip (the name itself if none is given)."""
    widget.setAccessibleName(name)
    widget.setToolTip(tooltip or name)


def label(text: str = "", look: str = "", wrap: bool = False) -> QLabel:
    """A label in one of the style sheet's looks. Its text is never taken for markup."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if look:
        result.setProperty("look", look)
    return result


def push_button(text: str, tooltip: str, kind: str = "plain", icon_name: str = "") -> QPushButton:
    button = QPushButton(text)
    return _dressed(button, text, tooltip, kind, icon_name)


def tool_button(text: str, tooltip: str, kind: str = "flat", icon_name: str = "") -> QToolButton:
    """A small button; with an icon and no `text` its tooltip is its name."""
    button = QToolButton()
    button.setText(text)
    button.setToolButtonStyle(
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
    )
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return _dressed(button, text, tooltip, kind, icon_name)


def _dressed(button: _Button, text: str, tooltip: str, kind: str, icon_name: str) -> _Button:
    button.setProperty("kind", kind)
    button.setIcon(icon(icon_name) if icon_name else QIcon())
    describe(button, text or tooltip, tooltip)
    return button


def fit_to_text(event: QEvent, widget: QWidget, fit: Callable[[], None]) -> None:
    """Call `fit` after a change of the text's size, once the widget's children have heard of it, too."""
    if event.type() in _TEXT_CHANGES:
        QTimer.singleShot(0, widget, fit)


def make_as_wide(widgets: Sequence[QWidget], least: int = 0) -> int:
    """Give all of them the width of the widest, in pixels; what is told."""
    widest = max([least, *(widget.sizeHint().width() for widget in widgets)])
    for widget in widgets:
        widget.setFixedWidth(widest)
    return widest


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; its whole text is the tooltip."""

    def __init__(self, look: str = "") -> None:
        super().__init__()
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(24)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if look:
            self.setProperty("look", look)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setToolTip(text)
        self._elide()

    def whole_text(self) -> str:
        """The text without the ellipsis."""
        return self._text

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room))


def as_card(widget: QWidget) -> None:
    """Give a panel the background and border of a card."""
    widget.setProperty("look", "panel")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
