"""Blocks become documents in the right fonts, colours and directions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextTable

from tests.views.chat.test_markdown import read
from views.chat.documents import document_of
from views.chat.highlight import LIGHT_CODE
from views.chat.style import TextStyle
from views.theme import LIGHT


@pytest.fixture
def style(theme) -> TextStyle:
    return TextStyle(theme)


def document(text: str, style: TextStyle):
    (block,) = read(text)
    return document_of(block, style)


def formats(found) -> dict[str, object]:
    fragments = (fragment.fragment() for fragment in found.firstBlock())
    return {fragment.text(): fragment.charFormat() for fragment in fragments}


def test_styles_of_characters(style: TextStyle) -> None:
    looks = formats(document("**b** *i* ~~s~~ `c` [l](http://a.b)", style))
    assert looks["b"].font().bold()
    assert looks["i"].font().italic()
    assert looks["s"].font().strikeOut()
    assert looks["c"].background().color().name() == LIGHT.raised
    assert (looks["l"].anchorHref(), looks["l"].foreground().color().name()) == ("http://a.b", LIGHT.accent)


def test_code_is_coloured(style: TextStyle) -> None:
    found = document("```python\nreturn 1\n```", style)
    assert found.toPlainText() == "return 1"
    first = found.firstBlock().layout().formats()[0]
    assert (first.start, first.length) == (0, 6)
    assert first.format.foreground().color().name() == LIGHT_CODE.keyword


def test_tables_are_tables(style: TextStyle) -> None:
    found = document("| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |", style)
    (table,) = (frame for frame in found.rootFrame().childFrames() if isinstance(frame, QTextTable))
    assert (table.rows(), table.columns()) == (3, 2)
    assert table.cellAt(2, 1).firstCursorPosition().block().text() == "4"
    alignment = table.cellAt(1, 1).firstCursorPosition().blockFormat().alignment()
    assert alignment == Qt.AlignmentFlag.AlignRight


def test_a_formula_that_cannot_be_set_is_shown_as_written(style: TextStyle) -> None:
    assert document("so $\\frac{1$ is", style).toPlainText() == "so \\frac{1 is"


@pytest.mark.parametrize(("text", "mirrored"), [("مرحبا", True), ("hello", False), ("日本", False)])
def test_the_direction_is_that_of_the_script(style: TextStyle, text: str, mirrored: bool) -> None:
    found = document(text, style)
    assert (found.firstBlock().textDirection() == Qt.LayoutDirection.RightToLeft) == mirrored
