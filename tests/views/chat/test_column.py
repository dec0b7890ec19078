"""Only what is asked for is laid out, and what did not change is kept."""

from __future__ import annotations

import pytest

from tests.views.chat.test_markdown import read
from views.chat.column import Column
from views.chat.style import TextStyle


@pytest.fixture
def column(theme) -> Column:
    result = Column(TextStyle(theme), 400)
    result.set_blocks(read("\n\n".join(f"paragraph {number} " + "word " * 40 for number in range(50))))
    return result


def test_only_what_is_asked_for_is_laid_out(column: Column) -> None:
    column.lay_out(0, 300)
    seen = [index for index, _ in column.between(0, 300)]
    assert seen == list(range(len(seen)))
    assert 2 < len(seen) < 8
    assert column.pending


def test_slices_end_and_make_the_height_exact(column: Column) -> None:
    for _ in range(200):
        column.lay_some(0.0)
    assert not column.pending
    exact = column.height
    column.lay_out(0, 1e9)
    assert column.height == exact


def test_blocks_that_did_not_change_are_kept(column: Column) -> None:
    column.lay_out(0, 1e9)
    before = [column.laid(index) for index in range(50)]
    column.set_blocks([*column.blocks[:-1], *read("another end")])
    assert [column.laid(index) for index in range(49)] == before[:-1]
    assert column.laid(49) is not before[-1]


def test_places_and_blocks_correspond(column: Column) -> None:
    column.lay_out(0, 1e9)
    for index in (0, 17, 49):
        assert column.index_at(column.top(index) + 1) == index
    assert column.index_at(-100) == 0
    assert column.index_at(1e9) == 49


def test_another_width_lays_out_anew(column: Column) -> None:
    column.lay_out(0, 1e9)
    wide = column.height
    column.set_width(200)
    assert column.pending
    column.lay_out(0, 1e9)
    assert column.height > 1.5 * wide


def test_pieces_of_one_block_have_no_air_between_them(column: Column) -> None:
    column.set_blocks(read("x" * 9000))
    column.lay_out(0, 1e9)
    assert column.height == sum(laid.height for _, laid in column.between(0, 1e9))


def test_places_stay_right_while_the_end_grows_and_the_middle_is_laid_out(theme, column: Column) -> None:
    blocks = read("\n\n".join(f"## Part {number}\n\n" + "word " * 30 * (number % 4) for number in range(40)))
    for end in (7, 20, 19, len(blocks)):
        column.set_blocks([*blocks[: end - 1], *read("an end that changes")])
        assert column.laid(end // 2).block is column.blocks[end // 2]
        assert column.height > 0
    column.set_blocks(blocks)
    column.lay_out(0, 1e9)
    fresh = Column(TextStyle(theme), 400)
    fresh.set_blocks(blocks)
    fresh.lay_out(0, 1e9)
    places = range(len(blocks))
    assert [column.top(index) for index in places] == [fresh.top(index) for index in places]
    assert column.height == fresh.height
