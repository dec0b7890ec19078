from __future__ import annotations

import numpy as np
import pytest

from gpu.damage import measure
from gpu.formats.family import find_format, quantize


@pytest.mark.parametrize(("searched", "plain"), [("q4_k", "q4_0"), ("q5_k", "int5"), ("q6_k", "int6")])
def test_searching_beats_reaching_the_largest_value(searched: str, plain: str) -> None:
    x = np.random.default_rng(5).standard_normal((16, 512)).astype(np.float32)
    assert measure(x, searched, None).mse < measure(x, plain, "b32").mse


@pytest.mark.parametrize("name", ["q4_k", "q5_k", "q6_k"])
def test_short_rows_are_padded_to_a_super_block_and_the_padding_counts_for_nothing(name: str) -> None:
    x = np.random.default_rng(6).uniform(2, 3, (3, 70)).astype(np.float32)
    damage = measure(x, name, None)
    error = (quantize(x, find_format(name)).restored - x).astype(np.float64)
    assert damage.mse == pytest.approx(np.square(error).mean(), rel=1e-5)
    assert damage.grid.finite == 210
