from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.channel_stats import ROWS, channel_stats, reference
from tests.gpu.device_arrays import Bench, close


@pytest.mark.parametrize("width", [1, 40, 300])
def test_two_passes_accumulate_beside_other_sites(plain_bench: Bench, width: int) -> None:
    rng = np.random.default_rng(width)
    first, second = rng.standard_normal((2, 6, width), np.float32)
    stats = plain_bench.zeros(7 + ROWS * width + 5)
    for x in (first, second):
        held = plain_bench.activations(x)
        plain_bench.run([channel_stats(plain_bench.kit, held, stats, 7)], 6)
    found = plain_bench.read(stats, (7 + ROWS * width + 5,))
    expected = reference(reference(np.zeros((ROWS, width), np.float32), first), second)
    close(found[7:-5].reshape(ROWS, width), expected)
    assert not found[:7].any()
    assert not found[-5:].any()
