"""Brackets and environments are formulas where they are whole, and text where they are not."""

from __future__ import annotations

import pytest

from tests.views.chat.test_markdown import read


@pytest.mark.parametrize("text", ["\\(x", "\\[\nx\n\nafter \\]", "a \\) b", "`\\(x\\)`", "\\(\\)"])
def test_half_a_formula_is_text(text: str) -> None:
    blocks = read(text)
    assert all(block.kind == "paragraph" for block in blocks)
    assert not any(span.formula for block in blocks for span in block.spans)


def test_display_brackets_in_a_line() -> None:
    (block,) = read("so \\[x\\] holds")
    assert [(span.text, span.formula) for span in block.spans] == [
        ("so ", False),
        ("x", True),
        (" holds", False),
    ]


def test_formulas_in_lists_and_quotations() -> None:
    blocks = read("- item\n\n  \\[\n  x\n  \\]\n\n> \\[ y \\]")
    assert [(block.kind, block.nesting, block.text) for block in blocks[1:]] == [
        ("formula", "l", "x"),
        ("formula", "q", "y"),
    ]


def test_inside_code_nothing_is_a_formula() -> None:
    (block,) = read("```\n\\[\nx\n\\]\n```")
    assert (block.kind, block.text) == ("code", "\\[\nx\n\\]")
