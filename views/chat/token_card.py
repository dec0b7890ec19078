"""One token opened: how likely it was, how open the choice, and what else could have come."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from views.frames.tokens import AlternativeFrame, TokenCardFrame
from views.theme import GAP, Theme
from views.widgets import describe, label, push_button

_WIDTH = 320
_LABEL_SHARE = 0.46
_PERCENT_WIDTH = 66


class TokenCard(QFrame):
    """A popup beside the token. `branch_requested` names the alternative to go on with."""

    branch_requested = Signal(int)
    inspect_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.setProperty("look", "card")
        self.setFixedWidth(_WIDTH)
        describe(self, "Token", "")
        self._title = label("", "muted")
        self._piece = label("", "strong")
        self._note = label("", "muted", wrap=True)
        self._facts = QGridLayout()
        self._bars = QVBoxLayout()
        self._inspect = push_button(
            "Show its activations", "Show in the panels what this token did to every channel"
        )
        self._inspect.clicked.connect(self._ask_to_inspect)
        self._lay_out()

    def set_frame(self, frame: TokenCardFrame) -> None:
        self._title.setText(frame.title)
        self._piece.setText(frame.label)
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        self._inspect.setVisible(frame.can_inspect)
        _empty(self._facts)
        for row, (name, value) in enumerate(frame.facts):
            self._facts.addWidget(label(name, "muted"), row, 0)
            self._facts.addWidget(label(value), row, 1)
        _empty(self._bars)
        for alternative in frame.alternatives:
            self._bars.addWidget(self._bar(alternative, frame.can_branch))
        self.adjustSize()

    def bars(self) -> list[AlternativeBar]:
        """The alternatives on show, likeliest first."""
        return [bar for bar in self.findChildren(AlternativeBar) if bar.parent() is not None]

    def popup_beside(self, place: QRect) -> None:
        """Show it under `place` of the screen, or above it where there is no room below."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        left = max(room.left(), min(place.left(), room.right() - self.width()))
        below = place.bottom() + 4
        top = below if below + self.height() <= room.bottom() else place.top() - self.height() - 4
        self.move(left, max(room.top(), top))
        self.show()
        next((bar for bar in self.bars() if bar.isEnabled()), self).setFocus()

    def _bar(self, alternative: AlternativeFrame, enabled: bool) -> AlternativeBar:
        bar = AlternativeBar(self._theme, alternative)
        bar.setEnabled(enabled and not alternative.chosen)
        bar.clicked.connect(lambda: self._branch(alternative.token_id))
        return bar

    def _branch(self, token_id: int) -> None:
        self.close()
        self.branch_requested.emit(token_id)

    def _ask_to_inspect(self) -> None:
        self.close()
        self.inspect_requested.emit()

    def _lay_out(self) -> None:
        self._facts.setHorizontalSpacing(12)
        self._facts.setColumnStretch(1, 1)
        self._bars.setSpacing(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(GAP)
        for part in (self._title, self._piece):
            column.addWidget(part)
        column.addLayout(self._facts)
        column.addLayout(self._bars)
        column.addWidget(self._note)
        column.addWidget(self._inspect, 0, Qt.AlignmentFlag.AlignLeft)


class AlternativeBar(QAbstractButton):
    """A token that could have come: its text, a bar as long as its probability, and the figure."""

    def __init__(self, theme: Theme, frame: AlternativeFrame) -> None:
        super().__init__()
        self._theme, self._frame = theme, frame
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        here = "this token" if frame.chosen else "Go on with this token instead"
        describe(self, f"{frame.label}, {frame.percentage}", here)

    @property
    def token_id(self) -> int:
        return self._frame.token_id

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH - 24, self.fontMetrics().height() + 6)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, area = self._theme.colours, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isEnabled() and (self.underMouse() or self.hasFocus()):
            painter.setPen(QColor(colours.accent) if self.hasFocus() else QColor(colours.raised))
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(area, 4, 4)
        self._draw_bar(painter, area)
        self._draw_texts(painter, area)

    def _draw_bar(self, painter: QPainter, area: QRectF) -> None:
        colours = self._theme.colours
        left = area.left() + area.width() * _LABEL_SHARE
        room = area.right() - _PERCENT_WIDTH - left
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent if self._frame.chosen else colours.bar))
        height = area.height() * 0.5
        width = max(1.0, room * self._frame.share)
        painter.drawRoundedRect(QRectF(left, area.center().y() - height / 2, width, height), 2, 2)

    def _draw_texts(self, painter: QPainter, area: QRectF) -> None:
        colours = self._theme.colours
        font = painter.font()
        font.setBold(self._frame.chosen)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        room = area.adjusted(6, 0, -area.width() * (1 - _LABEL_SHARE) - 6, 0)
        text = painter.fontMetrics().elidedText(
            self._frame.label, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QColor(colours.muted))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(0, 0, -6, 0), right, self._frame.percentage)


def _empty(layout: QGridLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()
