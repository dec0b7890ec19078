from __future__ import annotations

import numpy as np
import pytest

from gpu.checkpoints import first_nonfinite
from gpu.checkpoints.finite import CHUNK_VALUES
from gpu.formats import floats

LARGEST = {"bf16": 3.38e38, "f16": 65_504.0, "f32": 3.4e38}
DTYPES = tuple(LARGEST)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("index", [0, 7, CHUNK_VALUES - 1, CHUNK_VALUES, 2 * CHUNK_VALUES + 2])
def test_the_first_is_found_in_any_chunk(dtype: str, bad: float, index: int) -> None:
    values = np.full(2 * CHUNK_VALUES + 3, LARGEST[dtype], np.float32)
    values[index] = bad
    values[-1] = np.nan
    assert first_nonfinite(floats.from_f32(values, dtype)) == index


@pytest.mark.parametrize("dtype", DTYPES)
def test_largest_smallest_and_zero_are_finite(dtype: str) -> None:
    values = np.array([[0.0, -0.0, 1e-45], [LARGEST[dtype], -LARGEST[dtype], 1.0]], np.float32)
    stored = floats.from_f32(values, dtype)
    assert first_nonfinite(stored) is None
    assert first_nonfinite(stored[:, ::2]) is None
    assert first_nonfinite(stored[:0]) is None


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="float64"):
        first_nonfinite(np.zeros(3))
