"""Matrices for property tests: all magnitudes a scale can hold, with repeated values, zeros, odd shapes."""

from __future__ import annotations

import hypothesis.extra.numpy as npst
import hypothesis.strategies as st
import numpy as np

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 300))
# Multiples of 2^-10 up to 1,024: scaling by a power of two and summing stay exact, ties are common.
_STEPS = st.integers(-(2**20), 2**20).map(lambda n: np.float32(n / 1024))
_ANY = st.floats(-1e5, 1e5, width=32)


def matrices() -> st.SearchStrategy[np.ndarray]:
    """float32 [1..4, 1..300], finite, at most 1e5."""
    return st.one_of(
        npst.arrays(np.float32, SHAPES, elements=_STEPS, fill=st.just(np.float32(0))),
        npst.arrays(np.float32, SHAPES, elements=_ANY),
        st.tuples(SHAPES, st.integers(0, 2**32 - 1)).map(_heavy_tailed),
    )


def _heavy_tailed(shape_and_seed: tuple[tuple[int, int], int]) -> np.ndarray:
    shape, seed = shape_and_seed
    values = np.random.default_rng(seed).standard_t(3, shape)
    return np.clip(values, -1e4, 1e4).astype(np.float32)


def group_absmax(matrix: np.ndarray, group: int) -> np.ndarray:
    """Each value's group's largest magnitude, written the slow and obvious way: same shape as `matrix`."""
    out = np.empty_like(matrix)
    for row, target in zip(matrix, out, strict=True):
        for start in range(0, len(row), group):
            target[start : start + group] = np.abs(row[start : start + group]).max()
    return out
