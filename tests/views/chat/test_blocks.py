"""A laid-out block knows its height, what is under a point, and its selected text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from tests.views.chat.test_markdown import read
from views.chat.blocks import CODE_HEAD, LaidBlock
from views.chat.style import TextStyle
from views.theme import LIGHT

WIDTH = 400


@pytest.fixture
def style(theme) -> TextStyle:
    return TextStyle(theme)


def laid(text: str, style: TextStyle, width: float = WIDTH) -> LaidBlock:
    return LaidBlock(read(text)[-1], width, style)


def painted(block: LaidBlock, selected: tuple[int, int] | None = None) -> set[str]:
    image = QImage(WIDTH, int(block.height) + 4, QImage.Format.Format_RGB32)
    image.fill(QColor("#fefefe"))
    painter = QPainter(image)
    block.paint(painter, selected)
    painter.end()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_a_narrow_block_is_taller(style: TextStyle) -> None:
    assert laid("word " * 60, style, 200).height > 1.8 * laid("word " * 60, style).height


def test_code_has_a_ground_and_a_head(style: TextStyle) -> None:
    block = laid("```\nx\n```", style)
    assert block.height > CODE_HEAD
    assert LIGHT.surface in painted(block)


def test_quotations_and_lists_are_indented(style: TextStyle) -> None:
    assert laid("a", style).left == 0 < laid("> a", style).left < laid("> - a", style).left
    assert LIGHT.border in painted(laid("> a", style))


def test_a_selection_is_painted(style: TextStyle) -> None:
    block = laid("some words", style)
    assert LIGHT.accent not in painted(block)
    assert LIGHT.accent in painted(block, (0, 4))


def test_what_is_under_a_point(style: TextStyle) -> None:
    block = laid("[link](http://a.b) and then", style)
    assert block.hit(QPointF(-5, 5)) == 0
    assert block.hit(QPointF(WIDTH, 5)) == block.length
    assert block.link_at(QPointF(5, 8)) == "http://a.b"
    assert block.link_at(QPointF(WIDTH - 5, 8)) == ""
    assert block.text(*block.word_at(1)) == "link"


def test_formulas_are_copied_as_written(style: TextStyle) -> None:
    block = laid("so $x^2$ and $y$ hold", style)
    assert block.text(0, block.length) == "so $x^2$ and $y$ hold"
    assert block.text(5, block.length) == "and $y$ hold"[-len(block.text(5, block.length)) :]
    assert laid("$$\nz\n$$", style).text(0, 1) == "z"


def test_right_to_left_is_mirrored(style: TextStyle) -> None:
    assert laid("- مرحبا", style).mirrored
    assert not laid("- hello", style).mirrored


def test_a_wide_formula_is_made_to_fit(style: TextStyle) -> None:
    text = "$$\n" + " + ".join(f"x_{n}" for n in range(40)) + "\n$$"
    assert laid(text, style, 200).height < laid(text, style, 2000).height


@pytest.mark.parametrize("text", ["يقيس `((a[0]))` القيمة", "קוד `{{ x; }}` כאן"])
def test_code_among_words_from_right_to_left_reads_from_left_to_right(style: TextStyle, text: str) -> None:
    block, code = laid(text, style), text.split("`")[1]
    assert block.document is not None
    first = block.document.find(code).selectionStart()
    line = block.document.firstBlock().layout().lineAt(0)
    across = [line.cursorToX(first + place)[0] for place in range(1, len(code))]  # the ends belong to both
    assert across == sorted(across)


def test_what_keeps_code_apart_is_not_copied(style: TextStyle) -> None:
    text = "يقيس `a[0] = -1;` من https://a.b/c?d=1 القيمة"
    block = laid(text, style)
    assert block.length > len(text) - 2
    assert block.text(0, block.length) == text.replace("`", "")
