from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import QuantscopeError
from gpu.formats import q8
from tests.gpu.formats.matrices import group_absmax, matrices

GOLDEN = Path(__file__).parents[2] / "golden" / "formats" / "ggml.npz"
groups = st.sampled_from([32, 64, 128])


@pytest.mark.parametrize("name", ["awkward", "fine"])
def test_equals_ggml_bit_for_bit(name: str) -> None:
    with np.load(GOLDEN) as golden:
        tensor = q8.quantize(golden[name], 32)
        scales = tensor.scales.reshape(-1, 1).view(np.uint8)
        packed = np.concatenate([scales, tensor.codes.reshape(-1, 32).view(np.uint8)], axis=1)
        np.testing.assert_array_equal(packed, golden[f"{name}/Q8_0"].reshape(-1, 34))
        np.testing.assert_array_equal(q8.dequantize(tensor), golden[f"{name}/Q8_0/values"])


def test_the_float_below_one_half_rounds_down() -> None:
    x = np.zeros((1, 32), np.float32)
    x[0, :5] = 127, 0.49999997, -0.49999997, 0.5, -0.5
    np.testing.assert_array_equal(q8.quantize(x, 32).codes[0, :5], [127, 0, 0, 1, -1])


def test_words_are_little_endian() -> None:
    tensor = q8.quantize(np.r_[np.float32([127, -1, 2, -127]), np.zeros(28, np.float32)][None], 32)
    assert tensor.words.shape == (1, 8)
    assert tensor.words[0, 0] == 0x8102FF7F


@given(matrices(), groups)
def test_error_is_within_half_a_step(w: np.ndarray, group: int) -> None:
    absmax = group_absmax(w, group)
    error = np.abs(q8.dequantize(q8.quantize(w, group)) - w)
    assert (error <= absmax * (0.5 / 127 + 2.0**-10) + 127 * 2.0**-24).all()


@given(matrices(), groups)
def test_quantizing_what_was_quantized_changes_nothing(w: np.ndarray, group: int) -> None:
    once = q8.dequantize(q8.quantize(w, group))
    np.testing.assert_array_equal(q8.dequantize(q8.quantize(once, group)), once)


@given(matrices(), groups)
def test_negated_values_give_negated_codes(w: np.ndarray, group: int) -> None:
    plus, minus = q8.quantize(w, group), q8.quantize(-w, group)
    np.testing.assert_array_equal(plus.codes, -minus.codes)
    np.testing.assert_array_equal(plus.scales, minus.scales)


@given(matrices(), groups, st.integers(-4, 4))
def test_scaling_by_a_power_of_two_scales_the_result(w: np.ndarray, group: int, power: int) -> None:
    w = np.where(np.abs(w) < 2.0**-2, 0, w).astype(np.float32)  # keep f16 scales normal
    scaled = q8.quantize(w * np.float32(2.0**power), group)
    plain = q8.quantize(w, group)
    np.testing.assert_array_equal(scaled.codes, plain.codes)
    np.testing.assert_array_equal(scaled.scales, plain.scales * np.float16(2.0**power))


@given(matrices(), groups)
def test_padding_is_zeros_and_changes_no_value(w: np.ndarray, group: int) -> None:
    tensor = q8.quantize(w, group)
    n, k = w.shape
    kp = -(-k // group) * group
    assert tensor.codes.shape == (n, kp)
    assert tensor.scales.shape == (n, kp // group)
    assert not tensor.codes[:, k:].any()
    explicit = q8.quantize(np.pad(w, ((0, 0), (0, kp - k))), group)
    np.testing.assert_array_equal(tensor.codes, explicit.codes)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e7])
def test_values_no_scale_can_hold_are_refused(bad: float) -> None:
    w = np.ones((2, 64), np.float32)
    w[0, 1] = bad
    with pytest.raises(QuantscopeError, match="NaN, infinity or magnitudes too large"):
        q8.quantize(w, 32)


@pytest.mark.parametrize("group", [32, 64, 128])
def test_bits_per_weight_counts_the_scales(group: int) -> None:
    tensor = q8.quantize(np.ones((8, 256), np.float32), group)
    assert (tensor.codes.nbytes + tensor.scales.nbytes) * 8 == q8.bits_per_weight(group) * 8 * 256
