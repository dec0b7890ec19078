"""One block of a message, laid out for a width: its height, its pixels, and what is under a point."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLine,
)

from views.chat.documents import ISOLATES, OBJECT, document_of
from views.chat.formula import Formula
from views.chat.locate import written_at
from views.chat.spans import LINE_BREAK, Block
from views.chat.style import TextStyle
from views.chat.table_widths import fit_columns

CODE_HEAD = 28
SIDE_BAR = 14  # what a table that is scrolled sideways has below it
_CODE_PADDING = 12
_RULE = 9.0
_RADIUS = 8.0
_QUOTE = 16.0
_NOT_WRITTEN = dict.fromkeys(map(ord, OBJECT + ISOLATES))


class LaidBlock:
    """A block at its place in the column: `height` pixels tall, at most `width` wide."""

    def __init__(self, block: Block, width: float, style: TextStyle) -> None:
        self.block = block
        self.width = width
        self._style = style
        self.left = sum(_QUOTE if kind == "q" else style.indent for kind in block.nesting)
        self._formula = style.formulas.set(block.text, display=True) if block.kind == "formula" else None
        self.overflow = 0  # pixels of a table that are out of sight, left and right together
        self.document = self._lay_out()
        self._at = QPointF(self.left + self._padding, self._head)
        self.height = self._measure()
        self.mirrored = self.document is not None and _is_mirrored(self.document)
        if self.mirrored:
            self._at.setX(0)
        self._start = self._at.x()

    @property
    def length(self) -> int:
        """Positions of a selection: characters of its text."""
        return 1 if self.document is None else self.document.characterCount() - 1

    @property
    def scrolled(self) -> int:
        """How much of the overflow is out of sight at the left."""
        return round(self._start - self._at.x())

    def scroll_to(self, scrolled: int) -> None:
        self._at.setX(self._start - max(0, min(self.overflow, scrolled)))

    def paint(self, painter: QPainter, selected: tuple[int, int] | None) -> None:
        """With its upper left corner at the painter's origin; `selected` is a range of positions."""
        self._paint_nesting(painter)
        if self.block.kind == "code":
            self._paint_code_ground(painter)
        if self.block.kind == "rule":
            painter.fillRect(
                QRectF(self.left, _RULE, self.width - self.left, 1), QColor(self._style.colours.border)
            )
        elif self._formula is not None:
            self._paint_formula(self._formula, painter, selected)
        elif self.document is not None:
            if self.overflow:
                painter.setClipRect(
                    QRectF(self._start, 0, self.width - self.left, self.height),
                    Qt.ClipOperation.IntersectClip,
                )
            painter.translate(self._at)
            self.document.documentLayout().draw(painter, self._context(selected))
            painter.translate(-self._at)

    def hit(self, point: QPointF) -> int:
        """The position nearest to a point."""
        if self.document is None:
            return int(point.x() > self.width / 2)
        fuzzy = Qt.HitTestAccuracy.FuzzyHit
        return max(0, self.document.documentLayout().hitTest(point - self._at, fuzzy))

    def link_at(self, point: QPointF) -> str:
        return "" if self.document is None else self.document.documentLayout().anchorAt(point - self._at)

    def word_at(self, position: int) -> tuple[int, int]:
        """The range of the word around a position."""
        if self.document is None:
            return 0, 1
        cursor = self._cursor(position, position)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return cursor.selectionStart(), cursor.selectionEnd()

    def written_at(self, point: QPointF, written: str) -> int | None:
        """Where in the answer, as it was `written`, the character under a point comes from."""
        start, end = self.block.source
        if self.document is None:
            return start
        raw, position = self.document.toRawText(), self._character_at(point, self.document)
        if position is None:
            return None
        at = len(raw.encode("utf-16-le")[: 2 * position].decode("utf-16-le", "ignore"))
        found = written_at(raw, at, written[start:end])
        return None if found is None else start + found

    def text(self, start: int, end: int) -> str:
        """The characters of a range, formulas as they were written."""
        if self.document is None:
            return self.block.text if end > start else ""
        text = self._cursor(start, end).selectedText().replace("\u2029", "\n").replace(LINE_BREAK, "\n")
        before = self._cursor(0, start).selectedText().count(OBJECT)
        for formula in self._written_formulas()[before:]:
            text = text.replace(OBJECT, f"${formula}$", 1)
        return text.translate(_NOT_WRITTEN)

    def _character_at(self, point: QPointF, document: QTextDocument) -> int | None:
        """The character under a point, where `hit` gives the nearest gap between two."""
        block = document.findBlock(self.hit(point))
        inside = point - self._at - document.documentLayout().blockBoundingRect(block).topLeft()
        layout = block.layout()
        for line in map(layout.lineAt, range(layout.lineCount())):
            if line.naturalTextRect().contains(inside):
                on_character = QTextLine.CursorPosition.CursorOnCharacter
                return block.position() + line.xToCursor(inside.x(), on_character)
        return None

    def _lay_out(self) -> QTextDocument | None:
        if self._formula is not None or self.block.kind == "rule":
            return None
        document = document_of(self.block, self._style)
        room = max(40.0, self.width - self.left - 2 * self._padding)
        wide = fit_columns(document, self.block, room, self._style) if self.block.kind == "table" else room
        document.setTextWidth(wide)
        self.overflow = max(0, ceil(wide - room))
        return document

    @property
    def _padding(self) -> float:
        return _CODE_PADDING if self.block.kind == "code" else 0.0

    @property
    def _head(self) -> float:
        if self.block.kind != "code":
            return 0.0
        return 0.0 if self.block.joined else CODE_HEAD + 2

    def _measure(self) -> float:
        if self.block.kind == "rule":
            return 2 * _RULE + 1
        if self._formula is not None:
            return ceil(self._formula.size.height() * self._formula_scale()) + 4
        below = SIDE_BAR if self.overflow else self._padding
        return ceil(self.document.size().height() + self._head + below) if self.document else 0

    def _formula_scale(self) -> float:
        return min(1.0, (self.width - self.left) / self._formula.width) if self._formula else 1.0

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document) if self.document else QTextCursor()
        cursor.setPosition(start)
        cursor.setPosition(min(end, self.length), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _written_formulas(self) -> list[str]:
        cells = [cell for row in self.block.rows for cell in row] or [self.block.spans]
        formulas = self._style.formulas
        spans = [span for cell in cells for span in cell if span.formula]
        return [span.text for span in spans if formulas.set(span.text, display=False) is not None]

    def _context(self, selected: tuple[int, int] | None) -> QAbstractTextDocumentLayout.PaintContext:
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, QColor(self._ink()))
        context.palette = palette
        if selected is not None and selected[1] > selected[0]:
            selection = QAbstractTextDocumentLayout.Selection()
            selection.cursor = self._cursor(*selected)
            look = QTextCharFormat()
            look.setBackground(QColor(self._style.colours.accent))
            look.setForeground(QColor(self._style.colours.on_accent))
            selection.format = look
            context.selections = [selection]
        return context

    def _ink(self) -> str:
        quoted = "q" in self.block.nesting
        return self._style.colours.muted if quoted else self._style.colours.text

    def _paint_nesting(self, painter: QPainter) -> None:
        x = 0.0
        for kind in self.block.nesting:
            if kind == "q":
                at = self.width - x - 3 if self.mirrored else x
                painter.fillRect(QRectF(at, 0, 3, self.height), QColor(self._style.colours.border))
            x += _QUOTE if kind == "q" else self._style.indent
        if self.block.marker:
            self._paint_marker(painter)

    def _paint_marker(self, painter: QPainter) -> None:
        painter.setFont(self._style.font)
        painter.setPen(QColor(self._style.colours.muted))
        gutter = self._style.indent
        left = self.width - self.left if self.mirrored else self.left - gutter
        side = Qt.AlignmentFlag.AlignLeft if self.mirrored else Qt.AlignmentFlag.AlignRight
        pad = 0.35 * self._style.line
        rect = QRectF(left, self._head, gutter, self._style.line).adjusted(-gutter, 0, -pad, 0)
        if self.mirrored:
            rect = QRectF(left, self._head, gutter, self._style.line).adjusted(pad, 0, gutter, 0)
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, self.block.marker)

    def _paint_formula(self, formula: Formula, painter: QPainter, selected: tuple[int, int] | None) -> None:
        scale = self._formula_scale()
        size = formula.size * scale
        at = QPointF(self.left + max(0.0, (self.width - self.left - size.width()) / 2), 2)
        if selected is not None and selected[1] > selected[0]:
            painter.fillRect(QRectF(at, size), QColor(self._style.colours.accent_soft))
        formula.draw(painter, at, scale)

    def _paint_code_ground(self, painter: QPainter) -> None:
        colours = self._style.colours
        rect = QRectF(self.left, 0, self.width - self.left, self.height).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.block.joined:
            rect.setTop(-_RADIUS)
        path = QPainterPath()
        path.addRoundedRect(rect, _RADIUS, _RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawPath(path)
        if not self.block.joined:
            painter.setPen(QColor(colours.muted))
            painter.setFont(self._style.small)
            head = QRectF(self.left + _CODE_PADDING, 0, self.width - self.left, CODE_HEAD)
            painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, self.block.language or "text")


def _is_mirrored(document: QTextDocument) -> bool:
    """Whether its first paragraph is written from right to left."""
    block = document.firstBlock()
    return block.textDirection() == Qt.LayoutDirection.RightToLeft
