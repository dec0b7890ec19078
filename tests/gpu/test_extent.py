from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from gpu.extent import Extent, plain
from tests.gpu.formulas import evaluate

extents = st.builds(
    Extent,
    st.lists(
        st.tuples(st.sampled_from(("rows", "columns")), st.integers(1, 10**6)), min_size=1, max_size=5
    ).map(tuple),
    st.sampled_from((2, 3, 4, 5, 8, 16, 32, 144, 272)),
)


def test_a_product_shows_its_numbers_and_its_names() -> None:
    extent = Extent.of(16, keys_and_values=2, layers=36, kv_heads=8, head_dimension=128, tokens=8192)
    assert extent.size_bytes == 36 * 2**25
    assert extent.formula(extent.size_bytes) == "2 · 36 · 8 · 128 · 8192 · 2 B"
    assert extent.symbols(extent.size_bytes) == (
        "keys and values · layers · kv heads · head dimension · tokens · bytes"
    )


def test_bits_of_less_than_a_byte_are_a_fraction() -> None:
    extent = Extent.of(4, rows=3, columns=5)
    assert extent.size_bytes == 8
    assert extent.formula(8) == "3 · 5 · 4/8 B"


def test_padding_is_said() -> None:
    assert Extent.of(32, values=3).formula(16) == "3 · 4 B + 4 B"
    assert Extent.of(32, values=3).symbols(16) == "values · bytes + padding"
    assert plain(5).formula(5) == "5 · 1 B"


@given(extents, st.integers(0, 15))
def test_the_formula_gives_the_bytes(extent: Extent, padding: int) -> None:
    size = extent.size_bytes + padding
    assert math.ceil(evaluate(extent.formula(size))) == size


@given(extents, st.integers(1, 1000))
def test_so_many_of_them_take_so_many_times_the_bytes(extent: Extent, count: int) -> None:
    whole = Extent((*extent.factors, ("eights", 8)), extent.bits)
    assert whole.times("copies", count).size_bytes == count * whole.size_bytes
