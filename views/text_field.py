"""A field for a text of some pages: what would keep the window busy for seconds is refused in a sentence."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

LONGEST = 200_000  # characters
_LONGEST_LINE = 20_000  # characters that are broken into lines fast enough


class TextField(QPlainTextEdit):
    """Takes up to `LONGEST` characters; very long lines are not broken."""

    def set_text(self, text: str) -> None:
        """Show a text in place of what is there."""
        self._fit_lines(text)
        self.setPlainText(text)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if len(text) + self.document().characterCount() > LONGEST:
            say_too_long(self, len(text))
        else:
            self._fit_lines(text)
            self.insertPlainText(text)

    def _fit_lines(self, text: str) -> None:
        modes = QPlainTextEdit.LineWrapMode
        if max(map(len, text.split("\n"))) > _LONGEST_LINE:
            self.setLineWrapMode(modes.NoWrap)
        elif self.document().isEmpty():
            self.setLineWrapMode(modes.WidgetWidth)


def say_too_long(widget: QWidget, characters: int) -> None:
    """Say beside a widget why a text was not put there."""
    sentence = f"That text has {characters:,} characters; {LONGEST:,} fit here."
    QToolTip.showText(widget.mapToGlobal(QPoint(0, widget.height())), sentence, widget)
