"""An answer as its tokens, coloured by how far the model strayed; legend and summary under it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from views.chat.token_text import TokenText
from views.fields import ChoiceBox
from views.frames.tokens import TickFrame, TokensFrame
from views.theme import Theme
from views.tint import LEVELS, tints
from views.widgets import label

_BAR_HEIGHT = 8
_BAR_WIDTH = 150
_MARGIN = 18


class TokensView(QWidget):
    """`opened` names the token that the person wants to look into, and where it is on the screen."""

    opened = Signal(int, QRect)
    reference_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = TokenText(theme)
        self._summary = label("", "muted", wrap=True)
        self._legend = Legend(theme)
        self._references = ChoiceBox("Reference", "What the open model is compared with")
        self._references.chosen.connect(self.reference_chosen)
        self._text.opened.connect(self.opened)
        self.setFocusProxy(self._text)
        footer = QHBoxLayout()
        footer.setSpacing(12)
        footer.addWidget(self._legend, 0, Qt.AlignmentFlag.AlignTop)
        footer.addWidget(self._references, 0, Qt.AlignmentFlag.AlignTop)
        footer.addWidget(self._summary, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._text)
        column.addLayout(footer)
        self.set_frame(TokensFrame())

    @property
    def text(self) -> TokenText:
        return self._text

    def set_frame(self, frame: TokensFrame) -> None:
        self._text.set_tokens(frame.tokens)
        self._summary.setText(frame.summary)
        self._summary.setVisible(bool(frame.summary))
        self._legend.set_ticks(frame.ticks, frame.legend)
        self._references.set_choices(frame.references, frame.reference)
        self._references.setVisible(bool(frame.references))

    def summary(self) -> str:
        return self._summary.text()


class Legend(QWidget):
    """What the colours stand for: the scale from no tint to the strongest, with a few values under it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ticks: tuple[TickFrame, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.hide()

    def set_ticks(self, ticks: tuple[TickFrame, ...], name: str) -> None:
        self._ticks = ticks
        self.setVisible(bool(ticks))
        self.setToolTip(name)
        self.setAccessibleName(f"{name}: {', '.join(tick.label for tick in ticks)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_BAR_WIDTH + 2 * _MARGIN, _BAR_HEIGHT + 2 + self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        step = _BAR_WIDTH / LEVELS
        for level, colour in enumerate(tints(colours)):
            painter.fillRect(QRectF(_MARGIN + level * step, 0, step + 0.5, _BAR_HEIGHT), QColor(colour))
        painter.setPen(QColor(colours.control))
        painter.drawRect(QRectF(_MARGIN - 0.5, 0.5, _BAR_WIDTH, _BAR_HEIGHT - 1))
        painter.setPen(QColor(colours.muted))
        for tick in self._ticks:
            box = QRectF(
                _MARGIN + tick.tint * _BAR_WIDTH - 40, _BAR_HEIGHT + 2, 80, self.fontMetrics().height()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, tick.label)
