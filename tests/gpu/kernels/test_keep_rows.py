from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.keep_rows import keep_rows, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize("width", [1, 32, 300])
def test_the_newest_rows_stay(bench: Bench, width: int) -> None:
    capacity, position = 7, 0
    stride = -(-width // 32) * 32
    kept = bench.zeros(capacity * stride)
    expected = np.zeros((capacity, stride), np.float32)
    for tokens in (4, 1, 7, 2, 1):
        x = np.random.default_rng(position).standard_normal((tokens, width), np.float32)
        held = bench.activations(x, coded=False)
        bench.run([keep_rows(bench.kit, held, kept, capacity)], tokens, position)
        expected[:, :width] = reference(expected[:, :width], x, position)
        position += tokens
        np.testing.assert_array_equal(bench.read(kept, (capacity, stride)), expected)
