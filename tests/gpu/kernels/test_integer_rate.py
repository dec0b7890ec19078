from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.integer_rate import integer_rate, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize("product", ["dot4", "pairs"])
@pytest.mark.parametrize(("groups", "iterations"), [(1, 4), (3, 8), (2, 100)])
def test_every_product_is_computed(bench: Bench, groups: int, iterations: int, product: str) -> None:
    invocations = groups * bench.kit.threads
    out = bench.zeros(invocations)
    bench.run([integer_rate(bench.kit, out, groups, iterations, product)], 1)
    found = bench.read(out, (invocations,), np.int32)
    assert (found == reference(invocations, iterations, product)).all()
