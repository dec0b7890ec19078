from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.lift_channels import lift_channels, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize(("width", "channels"), [(1, [0]), (40, [39, 3]), (300, list(range(0, 300, 3)))])
def test_channels_are_set_aside_and_zeroed(bench: Bench, width: int, channels: list[int]) -> None:
    x = np.random.default_rng(width).standard_normal((5, width), np.float32)
    held, lifted = bench.activations(x, coded=False), bench.zeros(5 * len(channels))
    chosen = bench.buffer(np.array(channels, np.uint32))
    bench.run([lift_channels(bench.kit, held, chosen, len(channels), lifted)], 5)
    left, taken = reference(x, np.array(channels))
    np.testing.assert_array_equal(bench.read(held.values, (5, held.stride))[:, :width], left)
    np.testing.assert_array_equal(bench.read(lifted, (5, len(channels))), taken)
