from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.channel_rows import (
    ABSMAX,
    FOURTHS,
    HEADER,
    HIGH,
    LOW,
    NEWEST,
    PLACE,
    ROWS,
    SQUARES,
    SUM,
    TOGETHER,
)
from gpu.kernels.channel_stats import MAX_TAPS, Tap, channel_stats, header, reference, rows_of
from tests.gpu.device_arrays import Bench, close

THRESHOLDS = (0.5, 1.5)
EXACT = (ABSMAX, NEWEST, LOW, HIGH, PLACE)


def run(bench: Bench, passes: list[list[np.ndarray]], tokens: int = 6) -> list[np.ndarray]:
    """The rows of every site after some passes, u32 [ROWS, K] each; what lies around them stays as it was."""
    padded = [-(-x.shape[1] // TOGETHER) * TOGETHER for x in passes[0]]
    firsts = [TOGETHER + sum(padded[:i]) for i in range(len(padded) + 1)]
    words = HEADER + ROWS * (firsts[-1] + TOGETHER)
    stats = bench.zeros(words)
    bench.kit.gpu.write(stats, header(*THRESHOLDS))
    for i, sites in enumerate(passes):
        held = [bench.activations(x, coded=False) for x in sites]
        taps = [Tap(x, first) for x, first in zip(held, firsts, strict=False)]
        bench.run([channel_stats(bench.kit, taps, stats)], tokens, position=i * tokens)
    rows = rows_of(bench.read(stats, (words,), np.uint32)[HEADER:])
    assert not rows[:, :TOGETHER].any()
    assert not rows[:, firsts[-1] :].any()
    return [rows[:, first : first + x.shape[1]] for first, x in zip(firsts, passes[0], strict=False)]


@pytest.mark.parametrize("widths", [(1,), (40, 300), (33, 64, 7, 128, 65)])
@pytest.mark.parametrize("tokens", [1, 6, 13])
def test_passes_accumulate_at_every_site(bench: Bench, widths: tuple[int, ...], tokens: int) -> None:
    rng = np.random.default_rng(sum(widths))
    passes = [[rng.standard_normal((tokens, w), np.float32) for w in widths] for _ in range(3)]
    for i, found in enumerate(run(bench, passes, tokens)):
        expected = np.zeros_like(found)
        for number, sites in enumerate(passes):
            expected = reference(expected, sites[i], THRESHOLDS, number * tokens)
        for row in EXACT:
            np.testing.assert_array_equal(found[row], expected[row], err_msg=str(row))
        for row in (SUM, SQUARES, FOURTHS):
            close(found[row].view(np.float32), expected[row].view(np.float32))


def test_the_earlier_of_two_equal_maxima_counts_and_a_threshold_is_reached_by_its_value(bench: Bench) -> None:
    x = np.zeros((20, 32), np.float32)
    x[[3, 17], 5] = [-2, 2]
    x[9, 6] = 1.5
    (found,) = run(bench, [[x]], 20)
    assert found[PLACE, 5] == 3
    assert (found[HIGH, 6], found[LOW, 6]) == (1, 1)
    assert found[LOW].sum() == 3


@pytest.mark.parametrize(("first", "tokens"), [(0, 8), (5, 1), (6, 7), (3, 8)])
def test_rows_are_read_round_a_ring(bench: Bench, first: int, tokens: int) -> None:
    ring = np.random.default_rng(first).standard_normal((8, 100), np.float32)
    stats = bench.zeros(HEADER + ROWS * 2 * TOGETHER)
    bench.kit.gpu.write(stats, header(*THRESHOLDS))
    op = channel_stats(bench.kit, [Tap(bench.activations(ring, coded=False), 0, rows=8)], stats)
    bench.run([op], tokens, position=first + 16, first=first)
    found = rows_of(bench.read(stats, (HEADER + ROWS * 2 * TOGETHER,), np.uint32)[HEADER:])[:, :100]
    x = ring[(first + np.arange(tokens)) % 8]
    expected = reference(np.zeros_like(found), x, THRESHOLDS, first + 16)
    for row in EXACT:
        np.testing.assert_array_equal(found[row], expected[row], err_msg=str(row))
    close(found[SUM].view(np.float32), expected[SUM].view(np.float32))


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_stays_on_record(bench: Bench, value: float) -> None:
    x = np.ones((6, 32), np.float32)
    x[4, 11] = value
    (found,) = run(bench, [[x], [np.full((6, 32), 3, np.float32)]])
    absmax = found[ABSMAX].view(np.float32)
    assert np.flatnonzero(~np.isfinite(absmax)).tolist() == [11]
    assert found[PLACE, 11] == 4
    assert not np.isfinite(found[SUM].view(np.float32)[11])
    np.testing.assert_array_equal(absmax[:11], 3)


def test_a_million_tokens_are_summed_to_five_digits(plain_bench: Bench) -> None:
    """Two levels: a pass of its own, then the passes. One running f32 sum would be 1e-3 off."""
    passes = 8192
    held = plain_bench.activations(np.full((128, 32), 0.1, np.float32), coded=False)
    stats = plain_bench.zeros(HEADER + ROWS * TOGETHER)
    plain_bench.kit.gpu.write(stats, header(*THRESHOLDS))
    op = channel_stats(plain_bench.kit, [Tap(held, 0)], stats)
    for _ in range(8):
        plain_bench.run([op] * (passes // 8), 128)
    rows = rows_of(plain_bench.read(stats, (HEADER + ROWS * TOGETHER,), np.uint32)[HEADER:])
    total = rows[SUM].view(np.float32)[0] / (128 * passes)
    assert abs(total / np.float32(0.1) - 1) < 2e-4
    assert rows[LOW, 0] == 0


def test_more_taps_than_bindings_are_refused(plain_bench: Bench) -> None:
    x = plain_bench.activations(np.ones((1, 32), np.float32), coded=False)
    with pytest.raises(ValueError, match="at most"):
        channel_stats(plain_bench.kit, [Tap(x, 0)] * (MAX_TAPS + 1), plain_bench.zeros(128))
