from __future__ import annotations

from pathlib import Path

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import QuantscopeError
from gpu.formats import floats

GOLDEN = Path(__file__).parents[2] / "golden" / "formats" / "ggml.npz"
words = npst.arrays(np.uint32, st.integers(0, 64), elements=st.integers(0, 2**32 - 1))


def test_bf16_equals_ggml_bit_for_bit() -> None:
    with np.load(GOLDEN) as golden:
        np.testing.assert_array_equal(floats.f32_to_bf16(golden["floats"]), golden["floats/BF16"])


def test_every_bf16_survives_the_round_trip() -> None:
    bits = np.arange(2**16, dtype=np.uint16)
    values = floats.bf16_to_f32(bits)
    back = floats.f32_to_bf16(values)
    number = ~np.isnan(values)
    np.testing.assert_array_equal(back[number], bits[number])
    assert np.isnan(floats.bf16_to_f32(back[~number])).all()


@given(words)
def test_bf16_rounds_to_the_nearest_and_halves_to_even(bits: np.ndarray) -> None:
    values = bits.view(np.float32)
    got = floats.f32_to_bf16(values)
    for value, result in zip(values, got, strict=True):
        if np.isnan(value):
            assert np.isnan(floats.bf16_to_f32(np.uint16([result])))[0]
            continue
        lower = int(value.view(np.uint32)) >> 16
        rest = int(value.view(np.uint32)) & 0xFFFF
        up = rest > 0x8000 or (rest == 0x8000 and lower % 2 == 1)
        assert result == lower + up


@pytest.mark.parametrize(("dtype", "bits"), [("bf16", 16), ("f16", 16), ("f32", 32)])
def test_exact_values_survive_every_dtype(dtype: str, bits: int) -> None:
    values = np.float32([[0, -0.0, 1.5, -2.25, 1024], [0.125, 3, 240, -1, 2]])
    stored = floats.from_f32(values, dtype)
    assert stored.dtype.itemsize * 8 == bits == floats.bits_per_weight(dtype)
    np.testing.assert_array_equal(floats.to_f32(stored, dtype), values)


def test_f32_is_not_copied() -> None:
    values = np.ones(4, np.float32)
    assert floats.to_f32(values, "f32") is values


def test_strangers_are_refused() -> None:
    with pytest.raises(QuantscopeError, match="'f8'"):
        floats.bits_per_weight("f8")
    with pytest.raises(QuantscopeError, match="held as uint16"):
        floats.to_f32(np.ones(2, np.float16), "bf16")
