"""The life of one channel: through the layers, over the tokens, in the weights that read it, in other
captures."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from views.frames.outliers import ChannelFrame
from views.outliers.bars import TitledBars
from views.theme import GAP, Theme
from views.widgets import label


class ChannelPage(QWidget):
    """What is known of the pinned channel."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._title = label("", "strong", wrap=True)
        self._layers = TitledBars(theme, "layers", "Through the layers", "layer")
        self._tokens = TitledBars(theme, "over", "Over the tokens", "token")
        self._facts = label("", "muted", wrap=True)
        self._note = label("", "muted", wrap=True)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        for widget, stretch in (
            (self._title, 0),
            (self._layers, 1),
            (self._tokens, 1),
            (self._facts, 0),
            (self._note, 0),
        ):
            page.addWidget(widget, stretch)

    def set_frame(self, frame: ChannelFrame) -> None:
        self._title.setText(frame.title)
        self._layers.setVisible(bool(len(frame.layers.values)))
        self._layers.set_frame(frame.layers)
        self._tokens.setVisible(frame.tokens is not None)
        if frame.tokens is not None:
            self._tokens.set_frame(frame.tokens)
        self._facts.setText("\n".join(f"{name}: {text}" for name, text in (*frame.facts, *frame.sessions)))
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))

    def facts(self) -> str:
        return self._facts.text()
