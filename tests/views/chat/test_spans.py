"""A block can be read without its styles."""

from __future__ import annotations

from views.chat.spans import Block, Span


def test_text_comes_without_styles() -> None:
    assert Block("paragraph", (Span("a "), Span("b", bold=True))).plain() == "a b"
    assert Block("code", text="x = 1").plain() == "x = 1"
    rows = (((Span("a"),), (Span("b"),)), ((Span("1"),), ()))
    assert Block("table", rows=rows).plain() == "a\tb\n1\t"
