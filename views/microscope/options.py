"""What would help: one remedy a line, a bar of the error it leaves, and a click to choose it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from views.frames.microscope import OptionFrame, OptionsFrame
from views.theme import Theme
from views.widgets import describe, label, push_button

_PAD = 6


class _Option(QAbstractButton):
    """A line with its bar behind it."""

    def __init__(self, theme: Theme, frame: OptionFrame) -> None:
        super().__init__()
        self._theme = theme
        self.frame = frame
        describe(self, f"{frame.label}: {frame.text}", frame.tooltip or frame.label)
        self.setCheckable(True)
        self.setChecked(frame.checked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(180, self.fontMetrics().height() + 2 * _PAD)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours, frame = QPainter(self), self._theme.colours, self.frame
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        painter.setPen(QColor(colours.accent if frame.checked or self.hasFocus() else colours.border))
        painter.setBrush(QColor(colours.raised if self.underMouse() else colours.surface))
        painter.drawRoundedRect(area, 5, 5)
        bar = area.adjusted(1, area.height() - 4, 0, -1)
        bar.setWidth(max(2.0, (area.width() - 2) * min(max(frame.share, 0.0), 1.0)))
        painter.fillRect(bar, QColor(colours.good if frame.best else colours.bar))
        painter.setPen(QColor(colours.text))
        inner = area.adjusted(_PAD, 0, -_PAD, -3)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, frame.label)
        painter.setPen(QColor(colours.good if frame.best else colours.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, frame.text)


class Options(QWidget):
    """Renders an `OptionsFrame`; `chosen` names an option, `asked` is the button below."""

    chosen = Signal(str)
    asked = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._title = label("", "strong", wrap=True)
        self._note = label("", "muted", wrap=True)
        self._action = push_button("", name)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._buttons: list[_Option] = []
        self._frame = OptionsFrame()
        self._lay_out()
        self._action.clicked.connect(self.asked)
        theme.changed.connect(self.update)

    def set_frame(self, frame: OptionsFrame) -> None:
        self._title.setText(frame.title)
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        self._action.setText(frame.action)
        self._action.setAccessibleName(frame.action)
        self._action.setVisible(bool(frame.action))
        if frame.options != self._frame.options:
            self._fill(frame.options)
        self._frame = frame

    def buttons(self) -> list[QAbstractButton]:
        """The options on show, from the top."""
        return list(self._buttons)

    def action(self) -> QAbstractButton:
        return self._action

    def _fill(self, options: tuple[OptionFrame, ...]) -> None:
        for button in self._buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [_Option(self._theme, option) for option in options]
        for at, button in enumerate(self._buttons):
            self._column.insertWidget(at, button)
            button.clicked.connect(lambda _on, key=button.frame.key: self.chosen.emit(key))

    def _lay_out(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(self._list)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(scroll, 1)
        column.addWidget(self._note)
        column.addWidget(self._action)
