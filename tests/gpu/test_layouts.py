"""How matrices are cut and packed for the device."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.activations import BLOCK, blocks_of
from gpu.device import Gpu
from gpu.formats import q4
from gpu.layouts import (
    BITS,
    LANES,
    MatrixSpec,
    PairsPlan,
    allocate_matrix,
    choose_chunks,
    choose_layout,
    pack_pairs,
    plan_pairs,
    plan_slabs,
    uses_pairs,
)

SIDE = 16384
groups = st.sampled_from([32, 64, 128])
sizes = st.tuples(st.integers(1, 9), st.integers(1, 1400))
part_heights = st.lists(st.integers(1, 200), min_size=1, max_size=3).map(tuple)


def spec_of(rows: int, columns: int, fmt: str = "q4", group: int = 32) -> MatrixSpec:
    return MatrixSpec("test", (rows,), columns, fmt, group)


def code(texels: np.ndarray, plan: PairsPlan, row: int, column: int) -> int:
    """The 4-bit code of one weight, found by the layout's description.

    A word of four texel words holds eight columns' halves: words (0, 1) of a block's first texel the first
    eight columns, (2, 3) the next, the second texel the rest. Even rows take the low half words.
    """
    block, element = divmod(column, BLOCK)
    word, place = divmod(element, 8)
    byte = place % 4
    texel, component = divmod(2 * word + byte // 2, 4)
    shift = 16 * (row % 2) + 8 * (byte % 2) + 4 * (place // 4)
    return int(texels[row // 2, texel * plan.blocks + block, component]) >> shift & 15


def scale(texels: np.ndarray, plan: PairsPlan, row: int, block: int) -> np.float16:
    """Scales follow the codes: for each span, a texel a lane with the scales of its blocks."""
    span, place = divmod(block, LANES * plan.chunks)
    chunk, lane = divmod(place, LANES)
    word = texels[row // 2, 2 * plan.blocks + span * LANES + lane, chunk]
    return np.uint16(int(word) >> 16 * (row % 2) & 0xFFFF).view(np.float16)


@given(sizes, groups, st.integers(0, 2**32 - 1))
def test_pairs_hold_every_code_and_scale(size: tuple[int, int], group: int, seed: int) -> None:
    rows, columns = size
    weights = np.random.default_rng(seed).standard_normal((rows, columns), np.float32)
    packed = q4.quantize(weights, group)
    plan = plan_pairs(spec_of(rows, columns, group=group), SIDE)
    assert plan is not None
    texels = pack_pairs(packed.codes, packed.scales, group, plan)
    codes = q4.unpack(packed.codes.reshape(-1)).reshape(rows, -1)
    assert texels.shape == (plan.pairs, plan.pair_texels, 4)
    for row, column in itertools.product(range(rows), range(0, columns, 7)):
        assert code(texels, plan, row, column) == codes[row, column]
    for row, block in itertools.product(range(rows), range(blocks_of(columns))):
        assert scale(texels, plan, row, block) == packed.scales[row, block * BLOCK // group]


@given(sizes, groups)
def test_padding_of_pairs_counts_for_nothing(size: tuple[int, int], group: int) -> None:
    """Blocks beyond the matrix and the missing partner of an odd last row have a scale of zero."""
    rows, columns = size
    packed = q4.quantize(np.ones(size, np.float32), group)
    plan = plan_pairs(spec_of(rows, columns, group=group), SIDE)
    assert plan is not None
    texels = pack_pairs(packed.codes, packed.scales, group, plan)
    stored = packed.scales.shape[1] * group // BLOCK
    for row, block in itertools.product(range(2 * plan.pairs), range(plan.blocks)):
        assert (scale(texels, plan, row, block) != 0) == (row < rows and block < stored)


@given(st.integers(1, 30_000))
def test_chunks_pad_least(columns: int) -> None:
    def padded(chunks: int) -> int:
        return -(-blocks_of(columns) // (LANES * chunks)) * chunks

    chosen = choose_chunks(columns)
    least = min(padded(chunks) for chunks in (1, 2, 3, 4))
    assert padded(chosen) == least
    assert chosen == max(chunks for chunks in (1, 2, 3, 4) if padded(chunks) == least)


@given(part_heights, st.integers(1, 20_000), st.sampled_from([512, 2048, SIDE]))
def test_pairs_fit_their_texture_or_there_is_no_plan(
    heights: tuple[int, ...], columns: int, side: int
) -> None:
    spec = MatrixSpec("test", heights, columns, "q4")
    plan = plan_pairs(spec, side)
    if plan is None:
        assert heights_are_awkward(spec) or 2 * blocks_of(columns) * 9 / 8 + 64 > side
        return
    assert plan.width <= side
    assert plan.height <= side
    assert plan.height << plan.pairs_log2 >= plan.pairs
    assert plan.blocks * BLOCK >= columns
    assert sum(plan.bytes_by_purpose.values()) == plan.width * plan.height * 16
    for start in np.cumsum(heights[:-1]):
        assert start % (2 << plan.pairs_log2) == 0


def heights_are_awkward(spec: MatrixSpec) -> bool:
    """A tensor that starts at an odd row would share a word with the one above it."""
    return any(start % 2 for start in np.cumsum(spec.part_rows[:-1]))


@given(st.integers(1, 3000), st.integers(1, 4000), st.sampled_from(sorted(BITS)), groups, st.integers(17, 24))
def test_slabs_cover_the_rows_within_the_limit(
    rows: int, columns: int, fmt: str, group: int, limit_log2: int
) -> None:
    spec, limit = spec_of(rows, columns, fmt, group), 1 << limit_log2
    slabs = plan_slabs(spec, limit)
    assert slabs[0].row_offset == 0
    for slab, following in itertools.pairwise(slabs):
        assert slab.row_offset + slab.rows == following.row_offset
        assert following.row_offset % 8 == 0
    assert slabs[-1].row_offset + slabs[-1].rows == rows
    for slab in slabs:
        assert slab.rows * spec.row_code_bytes <= slab.code_bytes <= limit
        assert slab.rows * spec.row_scales * 2 <= slab.scale_bytes <= limit
        assert slab.code_bytes % 16 == slab.scale_bytes % 16 == 0


@pytest.mark.parametrize(
    ("fmt", "group", "blocks", "code_bytes", "scales"),
    [("q4", 32, 3, 48, 4), ("q4", 128, 4, 64, 2), ("q8", 64, 4, 128, 2), ("bf16", 32, 3, 192, 0)],
)
def test_stored_rows_are_whole_groups(
    fmt: str, group: int, blocks: int, code_bytes: int, scales: int
) -> None:
    spec = spec_of(5, 70, fmt, group)
    assert (spec.blocks, spec.row_code_bytes, spec.row_scales) == (blocks, code_bytes, scales)


@pytest.mark.parametrize("layout", ["buffer", "pairs"])
@pytest.mark.parametrize("fmt", sorted(BITS))
def test_allocated_bytes_are_the_plans(model_gpu: Gpu, fmt: str, layout: str) -> None:
    matrix = allocate_matrix(model_gpu, spec_of(37, 200, fmt, 64 if fmt in ("q4", "q8") else 32), layout)
    held = model_gpu.ledger.by_purpose()
    assert held["weights"] == sum(slab.plan.code_bytes for slab in matrix.slabs)
    assert held["scales"] == sum(slab.plan.scale_bytes for slab in matrix.slabs)
    assert (matrix.pairs is not None) == (layout == "pairs" and fmt == "q4")


def test_pairs_that_fit_no_texture_lie_in_buffers(model_gpu: Gpu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_gpu, "limits", {**model_gpu.limits, "max-texture-dimension-2d": 64})
    assert allocate_matrix(model_gpu, spec_of(64, 2048), "pairs").pairs is None


@pytest.mark.parametrize("columns", [1, 96, 1024, 30_000])
def test_rows_are_streamed_in_whole_texture_rows(model_gpu: Gpu, columns: int) -> None:
    step = allocate_matrix(model_gpu, spec_of(4, columns), "buffer").row_step()
    assert step % 64 == 0
    assert step == 64 or step * columns * 4 <= 32 << 20


@pytest.mark.parametrize(
    ("kind", "without", "layout"),
    [("software", (), "pairs"), ("software", ("texture",), "buffer"), ("discrete", (), "buffer")],
)
def test_textures_are_for_software_adapters(
    gpu: Gpu, kind: str, without: tuple[str, ...], layout: str
) -> None:
    adapter = replace(gpu.adapter, kind=kind)
    assert choose_layout(replace(gpu, adapter=adapter, without=frozenset(without))) == layout


def test_only_four_bits_come_in_pairs() -> None:
    assert uses_pairs(spec_of(2, 32), "pairs")
    assert not uses_pairs(spec_of(2, 32), "buffer")
    assert not uses_pairs(spec_of(2, 32, "q8"), "pairs")
