from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.embed import embed, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize("fmt", ["f32", "f16", "bf16", "q8", "q4"])
@pytest.mark.parametrize("limit", [1 << 27, 2048])
def test_rows_of_every_format_from_one_slab_and_many(
    bench: Bench, fmt: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {**bench.kit.gpu.limits, "max-storage-buffer-binding-size": limit}
    monkeypatch.setattr(bench.kit.gpu, "limits", limits)
    rng = np.random.default_rng(5)
    matrix, exact = bench.matrix(rng.standard_normal((97, 80), np.float32), fmt)
    ids = rng.integers(0, 97, 13, np.uint32)
    out = bench.activations(np.zeros((13, 80), np.float32))
    bench.run(embed(bench.kit, matrix, bench.buffer(ids), out), 13)
    np.testing.assert_array_equal(bench.read(out.values, (13, 96))[:, :80], reference(exact, ids))
