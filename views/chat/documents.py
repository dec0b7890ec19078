"""One block of a message as a text document, laid out and ready to paint."""

from __future__ import annotations

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLayout,
    QTextLength,
    QTextOption,
    QTextTableFormat,
)

from views.chat.highlight import runs
from views.chat.spans import Block, Span, Spans
from views.chat.style import FORMULA_TYPE, TextStyle

OBJECT = "\ufffc"
ISOLATES = "\u2066\u2069"  # left to right from here; to here
_ALIGNMENTS = {"center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}


def document_of(block: Block, style: TextStyle) -> QTextDocument:
    """The text of a block, without a width yet."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(style.mono if block.kind == "code" else style.font)
    document.setDefaultTextOption(_option(block))
    _FILLERS[block.kind](document, block, style)
    return document


def _option(block: Block) -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    code = block.kind == "code"
    option.setTextDirection(
        Qt.LayoutDirection.LeftToRight if code else Qt.LayoutDirection.LayoutDirectionAuto
    )
    option.setTabStopDistance(32)
    return option


def _fill_text(document: QTextDocument, block: Block, style: TextStyle) -> None:
    font = style.heading(block.level) if block.kind == "heading" else style.font
    cursor = QTextCursor(document)
    cursor.setBlockFormat(_line_spacing(0.1 if block.kind == "heading" else 0.32, style))
    if _insert(cursor, block.spans, font, style):
        document.documentLayout().registerHandler(FORMULA_TYPE, style.objects)


def _fill_plain(document: QTextDocument, block: Block, style: TextStyle) -> None:
    document.setPlainText(block.text)
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeBlockFormat(_line_spacing(0.32, style))


def _fill_code(document: QTextDocument, block: Block, style: TextStyle) -> None:
    document.setPlainText(block.text)
    for number, line in enumerate(runs(block.text, block.language, style.code)):
        ranges = [_range(run.start, run.length, run.colour) for run in line]
        document.findBlockByNumber(number).layout().setFormats(ranges)


def _range(start: int, length: int, colour: str) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start, result.length = start, length
    look = QTextCharFormat()
    look.setForeground(QColor(colour))
    result.format = look
    return result


def _fill_table(document: QTextDocument, block: Block, style: TextStyle) -> None:
    columns = max(map(len, block.rows))
    table = QTextCursor(document).insertTable(len(block.rows), columns, _table_format(style))
    has_formulas = False
    for row, cells in enumerate(block.rows):
        font = QFont(style.font)
        font.setBold(row == 0)
        for column, spans in enumerate(cells):
            cell = table.cellAt(row, column)
            if row == 0:
                ground = QTextCharFormat()
                ground.setBackground(QColor(style.colours.raised))
                cell.setFormat(ground)
            cursor = cell.firstCursorPosition()
            cursor.setBlockFormat(_alignment(block, column))
            has_formulas |= _insert(cursor, spans, font, style)
    if has_formulas:
        document.documentLayout().registerHandler(FORMULA_TYPE, style.objects)


def _table_format(style: TextStyle) -> QTextTableFormat:
    result = QTextTableFormat()
    result.setBorderCollapse(True)
    result.setBorder(1)
    result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    result.setBorderBrush(QBrush(QColor(style.colours.border)))
    result.setCellPadding(round(0.4 * style.em))
    result.setCellSpacing(0)
    result.setHeaderRowCount(1)
    result.setWidth(QTextLength())
    return result


def _alignment(block: Block, column: int) -> QTextBlockFormat:
    result = QTextBlockFormat()
    name = block.alignments[column] if column < len(block.alignments) else ""
    if name in _ALIGNMENTS:
        result.setAlignment(_ALIGNMENTS[name])
    return result


def _line_spacing(share: float, style: TextStyle) -> QTextBlockFormat:
    result = QTextBlockFormat()
    kind = QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value
    result.setLineHeight(round(share * style.em), kind)
    return result


def _insert(cursor: QTextCursor, spans: Spans, font: QFont, style: TextStyle) -> bool:
    """Whether there is a formula among `spans`.

    Among words from right to left, code and addresses are kept apart, or their signs would change places.
    """
    has_formula, mixed = False, any(map(_is_from_right, spans))
    for span in spans:
        formula = style.formulas.set(span.text, display=False) if span.formula else None
        if formula is not None:
            cursor.insertText(OBJECT, style.objects.format(formula, style.font))
            has_formula = True
        else:
            apart = mixed and (span.code or span.text == span.link)
            cursor.insertText(span.text.join(ISOLATES) if apart else span.text, _look(span, font, style))
    return has_formula


def _is_from_right(span: Span) -> bool:
    return not span.text.isascii() and any(bidirectional(letter) in ("R", "AL") for letter in span.text)


def _look(span: Span, font: QFont, style: TextStyle) -> QTextCharFormat:
    look = QTextCharFormat()
    used = QFont(style.mono if span.code or span.formula else font)
    if span.bold:
        used.setBold(True)
    used.setItalic(span.italic)
    used.setStrikeOut(span.struck)
    look.setFont(used)
    if span.code:
        look.setBackground(QColor(style.colours.raised))
    if span.link:
        look.setAnchor(True)
        look.setAnchorHref(span.link)
        look.setForeground(QColor(style.colours.accent))
        look.setFontUnderline(True)
    return look


_FILLERS = {
    "paragraph": _fill_text,
    "heading": _fill_text,
    "code": _fill_code,
    "table": _fill_table,
    "plain": _fill_plain,
    "formula": _fill_plain,  # only where it cannot be set
    "rule": _fill_plain,
}
