"""Code is coloured where its language is known, legibly, and never for long."""

from __future__ import annotations

import pytest

from tests.views.test_theme import TEXT, contrast
from views.chat.highlight import DARK_CODE, LIGHT_CODE, LONGEST_LINE, CodeColours, runs
from views.theme import DARK, LIGHT, Colours


def test_runs_lie_where_the_words_are() -> None:
    first, second = runs("def f():\n    return 'x'  # why", "python", LIGHT_CODE)
    assert [(run.start, run.length, run.colour) for run in first] == [
        (0, 3, LIGHT_CODE.keyword),
        (4, 1, LIGHT_CODE.name),
    ]
    assert second[0].colour == LIGHT_CODE.keyword
    assert second[-1].colour == LIGHT_CODE.comment
    assert (second[-1].start, second[-1].length) == (16, 5)


def test_a_string_over_lines_is_coloured_on_each() -> None:
    lines = runs('"""a\nb"""', "python", LIGHT_CODE)
    assert [line[0].colour for line in lines] == [LIGHT_CODE.string] * 2


@pytest.mark.parametrize("language", ["", "no-such-language"])
def test_an_unknown_language_has_no_colours(language: str) -> None:
    assert runs("def f():\n    pass", language, LIGHT_CODE) == [[], []]


def test_a_very_long_line_is_left_alone() -> None:
    assert runs("'" + "x" * LONGEST_LINE + "'", "python", LIGHT_CODE) == [[]]


@pytest.mark.parametrize(("code", "colours"), [(LIGHT_CODE, LIGHT), (DARK_CODE, DARK)], ids=["light", "dark"])
def test_code_is_legible(code: CodeColours, colours: Colours) -> None:
    assert {name: contrast(ink, colours.surface) for name, ink in vars(code).items()} == {
        name: pytest.approx(contrast(ink, colours.surface))
        for name, ink in vars(code).items()
        if contrast(ink, colours.surface) >= TEXT
    }
