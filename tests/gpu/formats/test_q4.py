from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import QuantscopeError
from gpu.formats import q4
from tests.gpu.formats.matrices import group_absmax, matrices

GOLDEN = Path(__file__).parents[2] / "golden" / "formats" / "ggml.npz"
groups = st.sampled_from([32, 64, 128])


def as_ggml(tensor: q4.Q4Tensor) -> np.ndarray:
    """The same numbers in ggml's own order: per block an f16 scale, then byte j = elements j and j + 16."""
    codes = q4.unpack(tensor.codes.reshape(-1)).reshape(-1, 2, 16)
    scales = tensor.scales.reshape(-1, 1).view(np.uint8)
    packed = np.concatenate([scales, codes[:, 0] | codes[:, 1] << 4], axis=1)
    return packed.reshape(tensor.codes.shape[0], -1)


@pytest.mark.parametrize("name", ["awkward", "fine"])
def test_equals_ggml_bit_for_bit(name: str) -> None:
    with np.load(GOLDEN) as golden:
        tensor = q4.quantize(golden[name], 32)
        np.testing.assert_array_equal(as_ggml(tensor), golden[f"{name}/Q4_0"])
        np.testing.assert_array_equal(q4.dequantize(tensor), golden[f"{name}/Q4_0/values"])


def test_word_layout_is_the_documented_one() -> None:
    codes = np.arange(16, dtype=np.uint8)
    low, high = q4.pack(codes)
    assert low == 0x73625140
    assert high == 0xFBEAD9C8
    np.testing.assert_array_equal(q4.unpack(q4.pack(codes)), codes)


@given(matrices(), groups)
def test_error_is_within_a_step(w: np.ndarray, group: int) -> None:
    """Half a step, a whole one where the code 15 is as far as it goes, and the rounding of the f16 scale."""
    absmax = group_absmax(w, group)
    error = np.abs(q4.dequantize(q4.quantize(w, group)) - w)
    assert (error <= absmax / 8 * (1 + 2.0**-8) + 8 * 2.0**-24).all()


@given(matrices(), groups)
def test_the_largest_value_survives(w: np.ndarray, group: int) -> None:
    absmax = group_absmax(w, group)
    largest = np.abs(w) == absmax
    restored = np.abs(q4.dequantize(q4.quantize(w, group)))
    np.testing.assert_allclose(group_absmax(restored, group), absmax, rtol=2.0**-10, atol=8 * 2.0**-24)
    assert (restored[largest] >= absmax[largest] * 0.87 - 8 * 2.0**-24).all()


@given(matrices(), groups)
def test_quantizing_what_was_quantized_changes_nothing(w: np.ndarray, group: int) -> None:
    once = q4.dequantize(q4.quantize(w, group))
    np.testing.assert_array_equal(q4.dequantize(q4.quantize(once, group)), once)


@given(matrices(), groups)
def test_negated_values_give_negated_results(w: np.ndarray, group: int) -> None:
    """The scale carries the sign, so the codes are equal and the grid mirrored."""
    plus, minus = q4.quantize(w, group), q4.quantize(-w, group)
    np.testing.assert_array_equal(plus.codes, minus.codes)
    np.testing.assert_array_equal(plus.scales, -minus.scales)


@given(matrices(), groups, st.integers(-4, 4))
def test_scaling_by_a_power_of_two_scales_the_result(w: np.ndarray, group: int, power: int) -> None:
    w = np.where(np.abs(w) < 2.0**-6, 0, w).astype(np.float32)  # keep f16 scales normal
    w /= np.float32(16)
    scaled = q4.quantize(w * np.float32(2.0**power), group)
    plain = q4.quantize(w, group)
    np.testing.assert_array_equal(scaled.codes, plain.codes)
    np.testing.assert_array_equal(scaled.scales, plain.scales * np.float16(2.0**power))


@given(matrices(), groups)
def test_padding_changes_no_value_and_is_code_eight(w: np.ndarray, group: int) -> None:
    tensor = q4.quantize(w, group)
    n, k = w.shape
    kp = -(-k // group) * group
    assert tensor.codes.shape == (n, kp // 8)
    assert tensor.scales.shape == (n, kp // group)
    codes = q4.unpack(tensor.codes.reshape(-1)).reshape(n, kp)
    assert (codes[:, k:] == 8).all()
    explicit = q4.quantize(np.pad(w, ((0, 0), (0, kp - k))), group)
    np.testing.assert_array_equal(tensor.codes, explicit.codes)
    assert q4.dequantize(tensor).shape == (n, k)


def test_slabs_join_seamlessly() -> None:
    w = np.random.default_rng(3).standard_normal((700, 960)).astype(np.float32)
    whole = q4.quantize(w, 64)
    for row in (0, 272, 273, 274, 546, 699):
        alone = q4.quantize(w[row : row + 1], 64)
        np.testing.assert_array_equal(whole.codes[row], alone.codes[0])
        np.testing.assert_array_equal(whole.scales[row], alone.scales[0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e6])
def test_values_no_scale_can_hold_are_refused(bad: float) -> None:
    w = np.ones((2, 64), np.float32)
    w[1, 40] = bad
    with pytest.raises(QuantscopeError, match="NaN, infinity or magnitudes too large"):
        q4.quantize(w, 32)


def test_wrong_shapes_and_groups_are_refused() -> None:
    with pytest.raises(QuantscopeError, match="shape"):
        q4.quantize(np.ones(32, np.float32), 32)
    with pytest.raises(QuantscopeError, match="shape"):
        q4.quantize(np.ones((0, 32), np.float32), 32)
    with pytest.raises(QuantscopeError, match="not 48"):
        q4.quantize(np.ones((1, 48), np.float32), 48)


@pytest.mark.parametrize(("group", "overhead"), [(32, 0.125), (64, 0.0625), (128, 0.03125)])
def test_bits_per_weight_counts_the_scales(group: int, overhead: float) -> None:
    assert q4.bits_per_weight(group) == 4 * (1 + overhead)
    tensor = q4.quantize(np.ones((8, 256), np.float32), group)
    assert (tensor.codes.nbytes + tensor.scales.nbytes) * 8 == q4.bits_per_weight(group) * 8 * 256
