"""How wide the columns of a table are where not all of them get what they would like."""

from __future__ import annotations

from math import ceil

from PySide6.QtGui import QFont, QFontMetricsF, QTextDocument, QTextLength, QTextTable

from views.chat.spans import Block, Spans
from views.chat.style import TextStyle

_MOST_ROWS = 100  # that are measured
_LEAST_LETTERS = 12  # of a column whose cells are sentences
_WORD_LETTERS = 44  # only longer words are broken so that a table fits
_SLACK = 4.0  # pixels: borders, and what shares in whole pixels take from a column


def fit_columns(document: QTextDocument, block: Block, room: float, style: TextStyle) -> float:
    """Share `room` pixels among the columns of a document's table, and return how wide it is to be laid out.

    A table that fits is left as it is; one whose words need more is wider than the room.
    """
    limits = _LEAST_LETTERS * style.letter, _WORD_LETTERS * style.letter
    widths = column_widths(*_wishes(block, style), room, *limits)
    table = document.rootFrame().childFrames()[0]
    if not widths or not isinstance(table, QTextTable):
        return room
    kind, whole = QTextLength.Type.PercentageLength, sum(widths)
    look = table.format().toTableFormat()
    look.setWidth(QTextLength(kind, 100))
    look.setColumnWidthConstraints([QTextLength(kind, 100 * width / whole) for width in widths])
    table.setFormat(look)
    return max(room, ceil(whole))


def column_widths(
    words: list[float], lines: list[float], room: float, least: float = 0, word_at_least: float = 0
) -> list[float]:
    """Every column gets its longest word, and of what is left its share of what it lacks.

    `words` and `lines` are the widths of the longest word and of the longest cell in one line. No column of
    several words is narrower than `least`. Where the words are too wide together, the widest give way, but
    none below `word_at_least`: then the columns are wider than `room`. Empty if all lines fit into it.
    """
    if sum(lines) <= room:
        return []
    words = [max(word, min(line, least)) for word, line in zip(words, lines, strict=True)]
    if sum(words) >= room:
        most = max(_widest(words, room), word_at_least)
        return [min(word, most) for word in words]
    lacking = [line - word for line, word in zip(lines, words, strict=True)]
    share = (room - sum(words)) / sum(lacking)
    return [word + lack * share for word, lack in zip(words, lacking, strict=True)]


def _widest(words: list[float], room: float) -> float:
    """The width that no column may have more of, so that all fill the room."""
    left = room
    for number, word in enumerate(sorted(words)):
        share = left / (len(words) - number)
        if word >= share:
            return share
        left -= word
    return max(words)


def _wishes(block: Block, style: TextStyle) -> tuple[list[float], list[float]]:
    """The longest word and the longest line of every column, borders included."""
    around = 2 * round(0.4 * style.em) + _SLACK
    columns = max(map(len, block.rows))
    words, lines = [around] * columns, [around] * columns
    for number, row in enumerate(block.rows[:_MOST_ROWS]):
        for column, cell in enumerate(row):
            word, line = _measured(cell, number == 0, style)
            words[column] = max(words[column], word + around)
            lines[column] = max(lines[column], line + around)
    return words, lines


def _measured(cell: Spans, is_head: bool, style: TextStyle) -> tuple[float, float]:
    """The widest word of a cell, and the cell in one line."""
    word = line = 0.0
    for span in cell:
        formula = style.formulas.set(span.text, display=False) if span.formula else None
        if formula is not None:
            word, line = max(word, formula.width), line + formula.width
            continue
        font = QFont(style.mono if span.code or span.formula else style.font)
        font.setBold(is_head or span.bold)
        metrics = QFontMetricsF(font)
        line += metrics.horizontalAdvance(span.text)
        word = max(word, *map(metrics.horizontalAdvance, span.text.split() or [""]))
    return word, line
