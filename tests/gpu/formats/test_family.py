"""Every format against its reference, bit for bit, and what must hold whatever the values are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.damage import measure
from gpu.errors import SchemeError
from gpu.formats.family import choose_granularity, find_format, number_formats, quantize
from tests.gpu.formats.matrices import matrices

GOLDEN = Path(__file__).parents[2] / "golden" / "formats" / "family.npz"
REFERENCED = ["q4_0", "q4_1", "q8_0", "q4_k", "q5_k", "q6_k", "nf4", "nvfp4", "mxfp4"]
REFERENCED += ["mxfp6-e2m3", "mxfp6-e3m2", "mxfp8-e4m3", "mxfp8-e5m2"]
INTEGERS = [f"int{bits}{kind}" for bits in (8, 4, 3, 2) for kind in ("", "-affine")]
SYMMETRIC = ["int8", "int4", "int2", "q4_0", "q8_0", "fp8-e4m3", "mxfp4", "mxfp6-e3m2", "nvfp4"]
SCALE_FREE = [*INTEGERS, "nf4", "fp8-e4m3", "mxfp4", "mxfp8-e5m2"]
NAMES = [number_format.spec.name for number_format in number_formats()]
every_name = st.sampled_from(NAMES)
within_halves = matrices().map(lambda x: x / np.float32(16))  # a stored minimum is a float16


@cache
def golden() -> dict[str, np.ndarray]:
    with np.load(GOLDEN) as file:
        return dict(file)


def tame(x: np.ndarray) -> np.ndarray:
    """Nothing so small that it counts as zero or a 16-bit scale of it is denormal."""
    return np.where(np.abs(x) < 2.0**-8, 0, x).astype(np.float32)


def restored(x: np.ndarray, name: str, granularity: str | None = None) -> np.ndarray:
    return quantize(x, find_format(name), granularity).dequantize()


@pytest.mark.parametrize("name", REFERENCED)
def test_the_reference_gives_the_same_bits(name: str) -> None:
    np.testing.assert_array_equal(restored(golden()["matrix"], name), golden()[name])


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(INTEGERS), st.sampled_from(["b16", "b32", "b256", "token", "tensor"]))
def test_integers_are_off_by_half_a_step_at_most(x: np.ndarray, name: str, granularity: str) -> None:
    damage = measure(x, name, granularity)
    slack = np.abs(x).max() * 2e-6
    assert (damage.max_error <= damage.scale * 0.501 + slack).all()


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from([*SYMMETRIC, "mxfp8-e4m3", "nf4"]))
def test_what_is_on_the_grid_stays_there(x: np.ndarray, name: str) -> None:
    once = restored(tame(x), name)
    np.testing.assert_allclose(restored(once, name), once, rtol=3e-6, atol=0)


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(SYMMETRIC))
def test_the_sign_does_not_matter(x: np.ndarray, name: str) -> None:
    np.testing.assert_array_equal(restored(-x, name), -restored(x, name))


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(SCALE_FREE), st.integers(-20, 20))
def test_a_power_of_two_passes_through(x: np.ndarray, name: str, power: int) -> None:
    factor = np.float32(2.0**power)
    np.testing.assert_array_equal(restored(tame(x) * factor, name), restored(tame(x), name) * factor)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([8, 4, 3, 2]), st.sampled_from(["b16", "b32", "b128"]))
def test_zero_points_pay_off_on_skewed_data(seed: int, bits: int, granularity: str) -> None:
    x = np.random.default_rng(seed).exponential(size=(8, 256)).astype(np.float32)
    assert measure(x, f"int{bits}-affine", granularity).mse < measure(x, f"int{bits}", granularity).mse


@settings(max_examples=60, deadline=None)
@given(within_halves, every_name)
def test_codes_and_scales_have_the_shapes_they_say(x: np.ndarray, name: str) -> None:
    packed = quantize(x, find_format(name))
    assert packed.codes.shape == packed.restored.shape == x.shape
    assert packed.scales.shape[0] == len(x)
    assert np.isfinite(packed.restored).all()
    levels = find_format(name).spec.levels
    assert int(packed.codes.max()) - int(packed.codes.min()) <= levels


@settings(max_examples=40, deadline=None)
@given(within_halves, every_name)
def test_codes_rise_with_the_values(x: np.ndarray, name: str) -> None:
    if find_format(name).spec.fixed:
        return  # each small block has a scale of its own
    packed = quantize(x[:1], find_format(name), "tensor")
    order = packed.restored[0].argsort(kind="stable")
    assert (np.diff(packed.codes[0][order]) >= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_zeros_stay_zeros(name: str) -> None:
    np.testing.assert_array_equal(restored(np.zeros((2, 300), np.float32), name), 0)


@pytest.mark.parametrize("name", NAMES)
def test_awkward_values_are_taken(name: str) -> None:
    x = np.full((1, 70), 1e-42, np.float32)
    x[0, 3:6] = np.nan, np.inf, 2
    damage = measure(x, name, None)
    assert damage.grid.non_finite == 2
    assert np.isfinite(damage.mse)
    assert damage.max_abs_error < 0.3


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        *(("int4", 4.5), ("q4_0", 4.5), ("q4_1", 5), ("q8_0", 8.5), ("q4_k", 4.5), ("q5_k", 5.5)),
        *(("q6_k", 6.5625), ("nf4", 4.5), ("mxfp4", 4.25), ("mxfp8-e4m3", 8.25), ("awq", 4 + 20 / 128)),
    ],
)
def test_bits_a_value_are_those_of_the_format(name: str, bits: float) -> None:
    assert measure(np.ones((4, 512)), name, None).bits_per_value == bits


@pytest.mark.parametrize(("granularity", "share"), [("b128", 0.03125), ("b64", 0.0625), ("b32", 0.125)])
def test_float16_scales_cost_what_the_textbook_says(granularity: str, share: float) -> None:
    assert measure(np.ones((4, 512)), "int4", granularity).bits_per_value == 4 * (1 + share)


def test_names_are_read_in_either_case_and_strangers_are_met_with_the_nearest() -> None:
    assert find_format("Q4_K") == find_format("q4_k")
    with pytest.raises(SchemeError, match="the closest is mxfp4"):
        find_format("mxf4")
    with pytest.raises(SchemeError, match="choose one of int8"):
        find_format("?")


def test_fixed_formats_refuse_other_blocks() -> None:
    assert str(choose_granularity(find_format("q4_k"), None)) == "b32"
    with pytest.raises(SchemeError, match="Q4_K always scales b32, not b64"):
        choose_granularity(find_format("q4_k"), "b64")
