from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.clipping import search_clip
from gpu.damage import measure
from gpu.errors import SchemeError
from tests.gpu.formats.matrices import matrices


def clipped_mse(x: np.ndarray, threshold: float, bits: int) -> float:
    """Clip, quantize with one scale for all, compare with the unclipped values: the definition."""
    q_max = 2 ** (bits - 1) - 1
    step = threshold / q_max
    q = np.clip(x.astype(np.float64) / step, -q_max, q_max)
    return float(np.square(np.sign(q) * np.floor(np.abs(q) + 0.5) * step - x).mean())


@settings(max_examples=30)
@given(matrices(), st.sampled_from([8, 4]), st.sampled_from(["b16", "b32", "token", "channel", "tensor"]))
def test_clipping_never_does_worse_than_rounding(x: np.ndarray, bits: int, granularity: str) -> None:
    search = search_clip(x, f"int{bits}", granularity)
    plain = measure(x, f"int{bits}", granularity)
    assert search.mse <= plain.mse * (1 + 1e-5)
    assert 0 <= search.threshold <= np.abs(x).max()
    assert search.errors.min() == search.mse
    assert (np.diff(search.thresholds) >= 0).all()
    assert search.errors[-1] == pytest.approx(plain.mse, rel=1e-4, abs=1e-20)


@pytest.mark.parametrize("bits", [4, 8])
def test_curve_and_optimum_agree_with_the_definition(bits: int) -> None:
    x = np.random.default_rng(1).standard_t(4, 20_000).astype(np.float32)
    search = search_clip(x, f"int{bits}", "tensor")
    for threshold, error in zip(search.thresholds[::9], search.errors[::9], strict=True):
        assert error == pytest.approx(clipped_mse(x, threshold, bits), rel=1e-3)
    best = min(clipped_mse(x, t, bits) for t in np.linspace(0.01, 1, 300) * np.abs(x).max())
    assert search.mse <= best * 1.005


def test_gaussian_at_4_bits_is_clipped_near_two_and_a_half_sigma() -> None:
    """The known optimum for a uniform quantizer of about 16 levels on a unit Gaussian lies at 2.5 to 2.8."""
    x = np.random.default_rng(1).standard_normal(50_000).astype(np.float32)
    assert 2.4 < search_clip(x, "int4", "tensor").threshold < 2.9


def test_blocks_within_the_threshold_keep_their_own_scale() -> None:
    x = np.concatenate([np.linspace(-0.1, 0.1, 32), np.linspace(-10, 10, 32)])[None].astype(np.float32)
    x[0, 63] = 12
    search = search_clip(x, "int4", "b32")
    assert 9 < search.threshold < 12
    small_alone = measure(x[:, :32], "int4", "b32").mse
    large_alone = search_clip(x[:, 32:], "int4", "b32").mse
    assert search.mse == pytest.approx((small_alone + large_alone) / 2, rel=1e-3)


def test_zeros_and_excluded_values() -> None:
    nothing = search_clip(np.zeros(40), "int8", "b32")
    assert (nothing.threshold, nothing.mse) == (0, 0)
    assert search_clip(np.array([np.nan, np.inf]), "int8", "b32").mse == 0


def test_unknown_widths_are_refused() -> None:
    with pytest.raises(SchemeError, match="int16"):
        search_clip(np.ones(4), "int16")
