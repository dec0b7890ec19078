"""Pickers and number fields: Qt's own behaviour, with arrows drawn to match the buttons around them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from views.frames import Choice
from views.icons import icon
from views.widgets import describe

_ARROW = 10
_INDENT = 5
_LEAST_WIDTH = 90


class ChoiceBox(QComboBox):
    """A combo box over `Choice`s: shows the key it is told, reports only what the person picks."""

    chosen = Signal(str)

    def __init__(self, name: str, tooltip: str) -> None:
        super().__init__()
        describe(self, name, tooltip)
        self.setAccessibleDescription(f"{name}. {tooltip}")  # on Linux Qt names a list by its choice
        self._choices: tuple[Choice, ...] = ()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._report)

    def set_choices(self, choices: Sequence[Choice], key: str) -> None:
        """Offer `choices` with `key` current. Unchanged ones are left alone, so an open list stays open."""
        if tuple(choices) != self._choices:
            self._fill(tuple(choices))
        index = self.findData(key)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def key(self) -> str:
        """The key on show, empty if none is."""
        return str(self.currentData() or "")

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters: what does not fit is cut, and in the tooltip."""
        return super().minimumSizeHint().boundedTo(QSize(_LEAST_WIDTH, self.sizeHint().height()))

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        if self.width() >= self.sizeHint().width():
            return
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, field, self).width() - _INDENT
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _draw_arrow(self, "chevron-down", self.height() // 2)

    def _fill(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        with QSignalBlocker(self):
            self.clear()
            for row, choice in enumerate(choices):
                self.addItem(choice.label, choice.key)
                self.setItemData(row, choice.tooltip, Qt.ItemDataRole.ToolTipRole)
                self._enable(row, choice.enabled)

    def _enable(self, row: int, enabled: bool) -> None:
        model = self.model()
        if isinstance(model, QStandardItemModel):
            model.item(row).setEnabled(enabled)

    def _report(self, index: int) -> None:
        self.chosen.emit(self.itemData(index))


class WholeBox(QSpinBox):
    """A whole number."""

    def __init__(self, name: str, tooltip: str) -> None:
        super().__init__()
        describe(self, name, tooltip)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _draw_arrows(self)


class DecimalBox(QDoubleSpinBox):
    """A number with two decimals."""

    def __init__(self, name: str, tooltip: str) -> None:
        super().__init__()
        describe(self, name, tooltip)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _draw_arrows(self)


def _draw_arrows(box: QWidget) -> None:
    _draw_arrow(box, "chevron-up", box.height() // 2 - 5)
    _draw_arrow(box, "chevron-down", box.height() // 2 + 5)


def _draw_arrow(box: QWidget, name: str, middle: int) -> None:
    painter = QPainter(box)
    role = QPalette.ColorRole.PlaceholderText
    rect = QRect(box.width() - _ARROW - 6, middle - _ARROW // 2, _ARROW, _ARROW)
    icon(name, role).paint(painter, rect)
    painter.end()
