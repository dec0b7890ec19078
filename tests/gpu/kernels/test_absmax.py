from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.absmax import absmax, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize(("tokens", "width"), [(1, 1), (3, 33), (7, 1000)])
def test_largest_magnitude_of_each_row(bench: Bench, tokens: int, width: int) -> None:
    x = np.random.default_rng(width).standard_normal((tokens, width), np.float32)
    out = bench.zeros(tokens)
    bench.run([absmax(bench.kit, bench.activations(x), out)], tokens)
    np.testing.assert_array_equal(bench.read(out, (tokens,)), reference(x))
