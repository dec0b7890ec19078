"""A text read as it arrives gives what it gives when read at once, and no step reads much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.chat.markdown import LONGEST, MarkdownStream
from views.chat.spans import LINE_BREAK, Block

PIECES = st.sampled_from(
    [
        *("# Head\n", "words **bold** and `code`\n", "\n", "\n\n", "- item\n", "  - nested\n", "1. one\n"),
        *(
            "2. two\n",
            "> quote\n",
            "```python\n",
            "x = 1\n",
            "```\n",
            "| a | b |\n|---|---|\n",
            "| 1 | 2 |\n",
        ),
        *(
            "$$\nx^2\n$$\n",
            "\\[\ny\n\\]\n",
            "---\n",
            "    indented\n",
            "===\n",
            "[a]: http://b.c\n",
            "see [a]\n",
        ),
        *("2", "-", "*", "`", "$", "|", "a", " ", "\n"),
    ]
)


def blocks(stream: MarkdownStream) -> list[Block]:
    while not stream.done:
        stream.step()
    return [*stream.settled, *stream.tail]


def read(text: str) -> list[Block]:
    stream = MarkdownStream()
    stream.set_text(text)
    return blocks(stream)


@given(st.lists(PIECES, max_size=14), st.data())
def test_arriving_in_any_pieces_changes_nothing(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    stream = MarkdownStream()
    for cut in sorted(cuts):
        stream.set_text(text[:cut])
        blocks(stream)
    stream.set_text(text)
    assert blocks(stream) == read(text)


def test_a_running_answer_reads_its_last_block_only() -> None:
    stream = MarkdownStream()
    text = "one\n\ntwo\n\nmore\nthr"
    stream.set_text(text)
    blocks(stream)
    settled = list(stream.settled)
    stream.set_text(text + "ee")
    blocks(stream)
    assert [block.plain() for block in settled] == ["one", "two"]
    assert all(new is old for new, old in zip(stream.settled, settled, strict=True))
    assert [block.plain() for block in stream.tail] == [f"more{LINE_BREAK}three"]


def test_another_text_starts_over() -> None:
    stream = MarkdownStream()
    stream.set_text("one\n\ntwo")
    blocks(stream)
    before = stream.generation
    stream.set_text("other")
    assert [block.plain() for block in blocks(stream)] == ["other"]
    assert stream.generation > before


def test_an_address_defined_at_the_end_reaches_the_beginning() -> None:
    stream = MarkdownStream()
    for text in (
        "see [a]\n\nmore",
        "see [a]\n\nmore\n\n[a]: http",
        "see [a]\n\nmore\n\n[a]: http://b.c\n\nend",
    ):
        stream.set_text(text)
        found = blocks(stream)
    assert found[0].spans[1].link == "http://b.c"


def test_a_line_is_searched_for_addresses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    class Pattern:
        def findall(self, lines: str) -> list[tuple[str, str]]:
            searched.append(lines)
            return []

    monkeypatch.setattr("views.chat.markdown._DEFINITION", Pattern())
    stream, text = MarkdownStream(), "".join(f"[a{number}]: http://b.c\n" for number in range(100))
    for end in range(10, len(text) + 1, 10):
        stream.set_text(text[:end])
    assert sum(map(len, searched)) < 4 * len(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("word " * 20_000, "paragraph"),
        ("x" * 200_000, "paragraph"),
        ("- item of a list\n" * 5_000, "paragraph"),
        ("```python\n" + "x = 1\n" * 20_000, "code"),
        ("```\n" + "y" * 200_000 + "\n```", "code"),
        ("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 5_000, "table"),
        ("> quoted words\n" * 5_000, "paragraph"),
    ],
)
def test_a_huge_block_is_cut_into_pieces_that_are_laid_out_quickly(text: str, kind: str) -> None:
    found = read(text)
    assert {block.kind for block in found} == {kind}
    assert max(len(block.plain()) for block in found) <= LONGEST
    assert len(found) > len(text) // (4 * LONGEST)
    assert all(block.joined or block.marker for block in found[1:])


def test_cut_code_loses_no_line() -> None:
    lines = [f"line {number}" for number in range(3_000)]
    found = read("```text\n" + "\n".join(lines) + "\n```\n\nafter")
    assert [block.language for block in found[:-1]] == ["text"] * (len(found) - 1)
    assert "\n".join(block.text for block in found[:-1]).split("\n") == lines
    assert found[-1].plain() == "after"
    assert not found[-1].joined


def test_code_that_ends_where_a_piece_ends_is_over() -> None:
    code = "```text\n" + "x" * (LONGEST - 13) + "\n```\n"
    assert len(code) == LONGEST
    assert [(block.kind, block.joined) for block in read(code + "after\n\nmore")][1:] == [
        ("paragraph", False),
        ("paragraph", False),
    ]


@pytest.mark.parametrize("text", ["Said[^1].\n\n[^1]: The note.", "See [one].\n\n[one]: not an address"])
def test_a_footnote_is_no_link(text: str) -> None:
    assert not [span for block in read(text) for span in block.spans if span.link]
