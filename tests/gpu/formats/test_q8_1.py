from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import QuantscopeError
from gpu.formats import q8_1
from tests.gpu.formats.matrices import group_absmax, matrices

bit_widths = st.sampled_from([8, 4])
granularities = st.sampled_from(["b8", "b16", "b32", "b64", "b96", "b256", "token", "tensor"])


def reach_absmax(x: np.ndarray, granularity: str) -> np.ndarray:
    if granularity == "tensor":
        return np.full_like(x, np.abs(x).max())
    return group_absmax(x, x.shape[1] if granularity == "token" else int(granularity[1:]))


@given(matrices(), bit_widths, granularities)
def test_codes_and_scales_follow_the_formula(x: np.ndarray, bits: int, granularity: str) -> None:
    tensor = q8_1.quantize(x, bits, granularity)
    q_max = np.float32(2 ** (bits - 1) - 1)
    absmax = reach_absmax(x, granularity)
    absmax[absmax < 2.0**-100] = 0
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = (x * np.where(absmax > 0, q_max / absmax, np.float32(0))).astype(np.float64)
    np.testing.assert_array_equal(
        tensor.codes[:, : x.shape[1]], np.sign(exact) * np.floor(np.abs(exact) + 0.5)
    )
    d = np.repeat(tensor.d, tensor.block, axis=1)[:, : x.shape[1]]
    np.testing.assert_array_equal(d, absmax / q_max)


@given(matrices(), bit_widths, granularities)
def test_layout_and_sums(x: np.ndarray, bits: int, granularity: str) -> None:
    tensor = q8_1.quantize(x, bits, granularity)
    tokens, k = x.shape
    kp = -(-k // 32) * 32
    assert tensor.codes.shape == (tokens, kp)
    assert tensor.block == (int(granularity[1:]) if granularity in ("b8", "b16") else 32)
    assert tensor.d.shape == tensor.s.shape == (tokens, kp // tensor.block)
    assert tensor.words.shape == (tokens, kp // 4)
    assert not tensor.codes[:, k:].any()
    sums = tensor.codes.reshape(tokens, -1, tensor.block).sum(axis=2).astype(np.float32)
    np.testing.assert_array_equal(tensor.s, tensor.d * sums)


@given(matrices(), bit_widths, granularities)
def test_error_is_within_half_a_step(x: np.ndarray, bits: int, granularity: str) -> None:
    step = reach_absmax(x, granularity) / (2 ** (bits - 1) - 1)
    error = np.abs(q8_1.dequantize(q8_1.quantize(x, bits, granularity)) - x)
    assert (error <= step * 0.501 + 2.0**-100).all()


@given(matrices(), bit_widths, granularities)
def test_codes_stay_in_the_symmetric_range_and_negate(x: np.ndarray, bits: int, granularity: str) -> None:
    plus, minus = q8_1.quantize(x, bits, granularity), q8_1.quantize(-x, bits, granularity)
    assert np.abs(plus.codes).max() <= 2 ** (bits - 1) - 1
    np.testing.assert_array_equal(plus.codes, -minus.codes)
    np.testing.assert_array_equal(plus.d, minus.d)


@given(matrices(), bit_widths, granularities, st.integers(-20, 20))
def test_scaling_by_a_power_of_two_keeps_the_codes(
    x: np.ndarray, bits: int, granularity: str, power: int
) -> None:
    x = np.where(np.abs(x) < 2.0**-40, 0, x).astype(np.float32)
    plain = q8_1.quantize(x, bits, granularity)
    scaled = q8_1.quantize(x * np.float32(2.0**power), bits, granularity)
    np.testing.assert_array_equal(scaled.codes, plain.codes)
    np.testing.assert_array_equal(scaled.d, plain.d * np.float32(2.0**power))


@given(matrices(), bit_widths, granularities)
def test_quantizing_what_was_quantized_keeps_the_codes(x: np.ndarray, bits: int, granularity: str) -> None:
    once = q8_1.quantize(x, bits, granularity)
    again = q8_1.quantize(q8_1.dequantize(once), bits, granularity)
    np.testing.assert_array_equal(again.codes, once.codes)


def test_finer_granularity_confines_an_outlier() -> None:
    x = np.random.default_rng(5).standard_normal((4, 512)).astype(np.float32)
    x[2, 100] = 500
    errors = [
        float(np.square(q8_1.dequantize(q8_1.quantize(x, 8, g)) - x).mean())
        for g in ("b16", "b32", "b128", "token", "tensor")
    ]
    assert errors == sorted(errors)
    assert errors[-1] > 100 * errors[0]


def test_values_too_small_to_invert_count_as_zero() -> None:
    x = np.full((1, 32), 1e-38, np.float32)
    tensor = q8_1.quantize(x)
    assert not tensor.d.any()
    assert not tensor.codes.any()


def test_what_cannot_be_quantized_is_refused() -> None:
    x = np.ones((1, 32), np.float32)
    with pytest.raises(QuantscopeError, match="not 5"):
        q8_1.quantize(x, 5)
    for granularity in ("b48", "b0", "channel", "b", "b-32", "b2"):
        with pytest.raises(QuantscopeError, match="granularity"):
            q8_1.quantize(x, 8, granularity)
    with pytest.raises(QuantscopeError, match="NaN or infinity"):
        q8_1.quantize(x * np.float32(np.nan))
    with pytest.raises(QuantscopeError, match="shape"):
        q8_1.quantize(x[0])


def test_bits_per_value_counts_the_scale() -> None:
    assert q8_1.bits_per_value(8, "b32", 1, 1024) == 9
    assert q8_1.bits_per_value(4, "b16", 1, 1024) == 6
    assert q8_1.bits_per_value(8, "token", 7, 64) == 8.5
    assert q8_1.bits_per_value(8, "tensor", 8, 32) == 8.125
