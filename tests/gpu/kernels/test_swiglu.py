from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.emit import BOTH, VALUES
from gpu.kernels.swiglu import reference, swiglu
from tests.gpu.device_arrays import Bench, close


@pytest.mark.parametrize("width", [1, 33, 96, 520])
@pytest.mark.parametrize("kind", [VALUES, BOTH])
def test_gates_and_pads_with_zeros(bench: Bench, width: int, kind: str) -> None:
    rng = np.random.default_rng(width)
    gate, up = rng.standard_normal((2, 3, width), np.float32) * 4
    out = bench.activations(np.full((3, width), 9, np.float32))
    gate_up = bench.buffer(np.stack([gate, up], axis=-1))
    bench.run([swiglu(bench.kit, gate_up, out, kind)], 3)
    values = bench.read(out.values, (3, out.stride))
    close(values[:, :width], reference(gate, up))
    assert not values[:, width:].any()


def test_large_negative_gates_give_zero_not_nan(bench: Bench) -> None:
    gate = np.full((1, 32), -200, np.float32)
    out = bench.activations(np.zeros((1, 32), np.float32))
    gate_up = bench.buffer(np.stack([gate, np.ones_like(gate)], axis=-1))
    bench.run([swiglu(bench.kit, gate_up, out, VALUES)], 1)
    np.testing.assert_allclose(bench.read(out.values, (1, 32)), 0, atol=1e-30)
