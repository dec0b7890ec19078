"""Text of a message: streamed as it comes, laid out as Markdown once whole, and cut off from the world."""

from __future__ import annotations

from math import ceil
from typing import Any

from PySide6.QtCore import QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser

from views.theme import Theme

_MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_LINE_HEIGHT = 120


class MessageText(QTextBrowser):
    """Read-only text as tall as its contents. Nothing it mentions is ever fetched, opened or followed."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self._markdown = False
        self.setAccessibleName(name)
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._follow_height)
        theme.changed.connect(self._redress)

    def stream(self, text: str) -> None:
        """Show plain `text`; if it continues what is shown, only its last block is laid out again."""
        if self._markdown or not text.startswith(self._text):
            self._markdown = False
            self.setPlainText(text)
        elif len(text) > len(self._text):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(self._text) :])
        self._text = text

    def finish(self, text: str) -> None:
        """Show `text` as Markdown."""
        if self._markdown and text == self._text:
            return
        self._text, self._markdown = text, True
        self.document().setMarkdown(text, _MARKDOWN)
        self._style_blocks()

    def ideal_width(self) -> int:
        """The width at which no line wraps."""
        self.document().setTextWidth(-1)
        return ceil(self.document().idealWidth()) + 2

    def loadResource(self, kind: int, _name: QUrl | str) -> Any:
        """An invisible pixel for every picture, nothing for the rest.

        An empty answer would not do: Qt then tries the name as a file of its own accord.
        """
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return b""
        pixel = QImage(1, 1, QImage.Format.Format_ARGB32)
        pixel.fill(Qt.GlobalColor.transparent)
        return pixel

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The transcript scrolls, not its messages."""
        event.ignore()

    def _follow_height(self, size: QSizeF) -> None:
        self.setFixedHeight(max(1, ceil(size.height())))

    def _redress(self) -> None:
        if self._markdown:
            self._style_blocks()

    def _style_blocks(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            self._style_block(QTextCursor(block), block)
            block = block.next()
        cursor.endEditBlock()

    def _style_block(self, cursor: QTextCursor, block: QTextBlock) -> None:
        style = QTextBlockFormat()
        if block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence):
            style.setBackground(QColor(self._theme.colours.raised))
        else:
            style.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(style)
