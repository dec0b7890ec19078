"""What the Markdown of a model becomes: kinds, nesting, markers, styles; and what it can never become."""

from __future__ import annotations

import pytest

from tests.views.chat.test_markdown import read
from views.chat.spans import LINE_BREAK, Block, Span


def only(text: str) -> Block:
    (block,) = read(text)
    return block


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("**x**", Span("x", bold=True)),
        ("*x*", Span("x", italic=True)),
        ("~~x~~", Span("x", struck=True)),
        ("`x`", Span("x", code=True)),
        ("$x$", Span("x", formula=True)),
        ("\\(x\\)", Span("x", formula=True)),
        ("[x](http://a.b)", Span("x", link="http://a.b")),
        ("http://a.b/c_d", Span("http://a.b/c_d", link="http://a.b/c_d")),
        ("![x](http://a.b/c.png)", Span("[x]", link="http://a.b/c.png")),
    ],
)
def test_styles(text: str, span: Span) -> None:
    assert only(f"a {text} b").spans == (Span("a "), span, Span(" b"))


def test_styles_nest_and_neighbours_are_one_span() -> None:
    assert only("**a *b* c**").spans == (
        Span("a ", bold=True),
        Span("b", bold=True, italic=True),
        Span(" c", bold=True),
    )


def test_a_full_stop_after_an_address_is_not_part_of_it() -> None:
    assert only("(see https://a.b/c).").spans[1] == Span("https://a.b/c", link="https://a.b/c")


@pytest.mark.parametrize("text", ["<b>x</b>", "<script>alert(1)</script>", "<img src='x'>", "<!-- x -->"])
def test_html_is_text(text: str) -> None:
    assert only(text) == Block("paragraph", (Span(text),))


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert)", "![x](file:///etc/passwd)", "[x](data:text/html,a)"]
)
def test_addresses_that_do_things_are_no_links(text: str) -> None:
    assert [span.link for span in only(text).spans] == [""]


def test_lines_stay_lines() -> None:
    assert only("a\nb").plain() == f"a{LINE_BREAK}b"
    table = only("| a |\n|---|\n| x<br>y |")
    assert table.rows[1][0] == (Span(f"x{LINE_BREAK}y"),)


def test_lists_nest_and_number() -> None:
    found = read("3. a\n4. b\n   - c\n     - d\n\n       more\n5. [x] e\n6. [ ] f")
    assert [(block.nesting, block.marker, block.plain()) for block in found] == [
        ("l", "3.", "a"),
        ("l", "4.", "b"),
        ("ll", "◦", "c"),
        ("lll", "▪", "d"),
        ("lll", "", "more"),
        ("l", "☑", "e"),
        ("l", "☐", "f"),
    ]


def test_an_item_without_words_keeps_its_marker() -> None:
    assert [(block.nesting, block.marker) for block in read("-\n- a")] == [("l", "•"), ("l", "•")]
    assert [(block.nesting, block.marker) for block in read("1. - a")] == [("l", "1."), ("ll", "◦")]


def test_quotations_hold_everything() -> None:
    found = read("> # a\n> - b\n>\n> ```c\n> d\n> ```")
    assert [(block.kind, block.nesting) for block in found] == [
        ("heading", "q"),
        ("paragraph", "ql"),
        ("code", "q"),
    ]
    assert found[2].text == "d"


def test_code_knows_its_language() -> None:
    assert only("```{.Python} title\nx\n\n```") == Block("code", text="x\n", language="python")
    assert only("    x = 1") == Block("code", text="x = 1")
    assert only("```js\nrunning") == Block("code", text="running", language="js")


@pytest.mark.parametrize(
    "text", ["$$\nx\n$$", "$$x$$", "\\[\nx\n\\]", "\\[ x \\]", "before\n\\[\nx\n\\]", "- \\[x\\]"]
)
def test_formulas_stand_alone(text: str) -> None:
    formula = read(text)[-1]
    assert (formula.kind, formula.text) == ("formula", "x")


def test_an_environment_is_a_formula() -> None:
    text = "\\begin{align*}\na &= b\n\\end{align*}"
    assert only(text) == Block("formula", text=text)


def test_prices_are_no_formulas() -> None:
    assert only("from $5 to $6 and $7").spans == (Span("from $5 to $6 and $7"),)


def test_tables_keep_their_alignment() -> None:
    table = only("| a | b | c |\n|:--|:-:|--:|\n| 1 | **2** |")
    assert table.alignments == ("left", "center", "right")
    assert table.rows[0] == ((Span("a"),), (Span("b"),), (Span("c"),))
    assert table.rows[1] == ((Span("1"),), (Span("2", bold=True),), ())
    assert table.plain() == "a\tb\tc\n1\t2\t"
