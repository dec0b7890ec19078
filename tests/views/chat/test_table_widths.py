"""Columns keep their words whole where that can be, and none is wider than it needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextLength, QTextTable

from views.chat.blocks import LaidBlock
from views.chat.documents import document_of
from views.chat.spans import Block, Span
from views.chat.style import TextStyle
from views.chat.table_widths import column_widths, fit_columns

Wishes = list[tuple[float, float]]
WISHES = st.lists(st.tuples(st.floats(10, 200), st.floats(0, 2000)), min_size=1, max_size=12)


@given(WISHES, st.floats(50, 1000))
def test_they_fill_the_room_and_words_stay_whole_if_they_can(wishes: Wishes, room: float) -> None:
    words = [word for word, _ in wishes]
    lines = [word + more for word, more in wishes]
    widths = column_widths(words, lines, room)
    if sum(lines) <= room:
        assert widths == []
        return
    assert sum(widths) == pytest.approx(room)
    if sum(words) >= room:
        narrow = [(w, word) for w, word in zip(widths, words, strict=True) if w < max(widths) - 1e-6]
        assert all(w == word for w, word in narrow)
    else:
        assert all(w >= word - 1e-6 for w, word in zip(widths, words, strict=True))
        assert all(w <= line + 1e-6 for w, line in zip(widths, lines, strict=True))


@given(WISHES, st.floats(50, 1000), st.floats(20, 100), st.floats(100, 400))
def test_with_a_least_width_they_fill_the_room_or_more(
    wishes: Wishes, room: float, least: float, word_at_least: float
) -> None:
    words = [word for word, _ in wishes]
    lines = [word + more for word, more in wishes]
    widths = column_widths(words, lines, room, least, word_at_least)
    if sum(lines) <= room:
        assert widths == []
        return
    assert sum(widths) >= room - 1e-6
    for width, word, line in zip(widths, words, lines, strict=True):
        assert width >= min(word, word_at_least) - 1e-6
        assert width >= min(line, least) - 1e-6
        assert width <= max(line, word) + 1e-6


def test_a_table_of_many_long_words_is_wider_than_the_room(theme) -> None:
    style = TextStyle(theme)
    block = Block("table", rows=(tuple((Span("measurement_of_something"),) for _ in range(9)),))
    assert fit_columns(document_of(block, style), block, 300, style) > 900


def laid(theme, cells: tuple[str, ...], room: float) -> list[QTextLength]:
    style = TextStyle(theme)
    row = tuple((Span(text),) for text in cells)
    block = Block("table", rows=(row, row))
    document = document_of(block, style)
    fit_columns(document, block, room, style)
    table = document.rootFrame().childFrames()[0]
    assert isinstance(table, QTextTable)
    return table.format().toTableFormat().columnWidthConstraints()


def test_a_long_cell_gets_the_room_that_short_ones_leave(theme) -> None:
    widths = [length.rawValue() for length in laid(theme, ("4.5", "W8A8@tensor", "word " * 60), 500)]
    assert widths[0] < widths[1] < widths[2]
    assert sum(widths) == pytest.approx(100)


def test_a_table_that_fits_is_left_alone(theme) -> None:
    assert laid(theme, ("a", "b"), 500) == []


@pytest.mark.parametrize("scale", [0.7, 1.0, 1.45])
def test_no_word_is_broken_at_any_size_of_text(theme, scale: float) -> None:
    theme.set_scale(scale)
    words = ["scheme", "measurement_of_divergence", "measurement_of_same_top_token", "W4A8@b32+kv8"]
    row = tuple((Span(word),) for word in words)
    block = LaidBlock(Block("table", rows=(row, row)), 300, TextStyle(theme))
    assert block.document is not None
    paragraph = block.document.begin()
    while paragraph.isValid():
        assert paragraph.layout().lineCount() <= 1
        paragraph = paragraph.next()
