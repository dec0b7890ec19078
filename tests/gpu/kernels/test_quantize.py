"""Every granularity against numpy, codes bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.errors import SchemeError
from gpu.formats import q8_1
from gpu.kernels.quantize import quantize
from tests.gpu.device_arrays import Bench

QUOTIENT = 3e-7  # WGSL lets one be off by 2.5 units in the last place, which drivers make use of


def run(bench: Bench, x: np.ndarray, bits: int, granularity: str) -> tuple[np.ndarray, np.ndarray]:
    held = bench.activations(x)
    bench.run(quantize(bench.kit, held, bench.zeros(len(x)), bits, granularity), len(x))
    codes = bench.read(held.codes, (len(x), held.stride), np.int8)
    return codes, bench.read(held.scales, (len(x), held.blocks, 2))


@pytest.mark.parametrize("granularity", ["b32", "b64", "b128", "token", "tensor"])
@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize(("tokens", "width"), [(1, 1), (3, 80), (9, 512)])
def test_codes_equal_the_format(bench: Bench, granularity: str, bits: int, tokens: int, width: int) -> None:
    x = np.random.default_rng(width).standard_normal((tokens, width), np.float32)
    x[:, width // 2] *= 100
    codes, scales = run(bench, x, bits, granularity)
    expected = q8_1.quantize(x, bits, granularity)
    np.testing.assert_array_equal(codes, expected.codes)
    np.testing.assert_allclose(scales[..., 0], expected.d, rtol=QUOTIENT)
    np.testing.assert_allclose(scales[..., 1], expected.s, rtol=QUOTIENT)


# The device may flush denormals, which no activation depends on, so the smallest magnitudes are left out.
finite = st.floats(-(2.0**90), 2.0**90, width=32).filter(lambda v: v == 0 or abs(v) > 1e-20)


@settings(max_examples=30, deadline=None)
@given(values=st.lists(finite, min_size=1, max_size=70))
def test_any_values(values: list[float], plain_bench_of_module: Bench) -> None:
    x = np.array([values], np.float32)
    codes, _ = run(plain_bench_of_module, x, 8, "b32")
    np.testing.assert_array_equal(codes, q8_1.quantize(x).codes)


def test_a_block_without_a_number_stays_one(plain_bench: Bench) -> None:
    """Or a model that overflowed would answer nothing instead of saying so."""
    x = np.ones((1, 64), np.float32)
    x[0, 32:] = np.nan
    _, scales = run(plain_bench, x, 8, "b32")
    assert np.isfinite(scales[0, 0]).all()
    assert np.isnan(scales[0, 1]).all()


def test_blocks_of_16_are_refused(plain_bench: Bench) -> None:
    with pytest.raises(SchemeError, match="multiples of 32"):
        run(plain_bench, np.ones((1, 32), np.float32), 8, "b16")
