from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.channel_stats import MAX_TAPS, ROWS, Tap, channel_stats, reference
from tests.gpu.device_arrays import Bench, close


@pytest.mark.parametrize("widths", [(1,), (40, 300), (33, 64, 7, 128, 65)])
def test_two_passes_accumulate_at_every_site(plain_bench: Bench, widths: tuple[int, ...]) -> None:
    rng = np.random.default_rng(sum(widths))
    strides = [-(-width // 32) * 32 for width in widths]
    starts = np.cumsum([8, *(ROWS * stride for stride in strides)])
    stats = plain_bench.zeros(int(starts[-1]) + 5)
    passes = [[rng.standard_normal((6, width), np.float32) for width in widths] for _ in range(2)]
    for sites in passes:
        held = [plain_bench.activations(x, coded=False) for x in sites]
        taps = [Tap(x, int(start)) for x, start in zip(held, starts, strict=False)]
        plain_bench.run([channel_stats(plain_bench.kit, taps, stats)], 6)
    found = plain_bench.read(stats, (int(starts[-1]) + 5,))
    for i, width in enumerate(widths):
        expected = reference(reference(np.zeros((ROWS, width), np.float32), passes[0][i]), passes[1][i])
        rows = found[starts[i] : starts[i + 1]].reshape(ROWS, strides[i])
        close(rows[:, :width], expected)
        assert not rows[:, width:].any()
    assert not found[:8].any()
    assert not found[-5:].any()


def test_more_taps_than_bindings_are_refused(plain_bench: Bench) -> None:
    x = plain_bench.activations(np.ones((1, 32), np.float32), coded=False)
    with pytest.raises(ValueError, match="at most"):
        channel_stats(plain_bench.kit, [Tap(x, 0)] * (MAX_TAPS + 1), plain_bench.zeros(128))
