from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.clipping import search_clip
from gpu.damage import Damage, measure
from gpu.errors import QuantscopeError
from gpu.formats import q8_1
from gpu.formats.blocks import TINY
from tests.gpu.formats.matrices import matrices

bit_widths = st.sampled_from([8, 4, 3, 2])
granularities = st.sampled_from(["b1", "b7", "b16", "b32", "b256", "token", "channel", "tensor"])


def slow_levels(values: np.ndarray, scale: float, q_max: int) -> int:
    """The definition, word by word, for the values of one block."""
    field = sorted(abs(float(v)) for v in values)
    if field and scale > 0 and field[-1] == np.float32(scale):
        field.pop()
    if not field or field[-1] == 0:
        return 2 * q_max + 1
    r = math.floor(np.float32(field[-1]) * (np.float32(q_max) / np.float32(scale)) + 0.5)
    return 2 * r + 1 if r else 0


def blocks_of(x: np.ndarray, damage: Damage, granularity: str) -> list[list[tuple[np.ndarray, float]]]:
    """Each block's values and the largest magnitude its scale reaches, cut with plain slices."""
    x = x.T if granularity == "channel" else x
    whole = float(np.abs(x).max())
    table = []
    for row in x:
        cells = [row[i : i + damage.grid.block] for i in range(0, len(row), damage.grid.block)]
        reach = {"tensor": whole, "token": np.abs(row).max(), "channel": np.abs(row).max()}
        table.append([(cell, float(reach.get(granularity, np.abs(cell).max()))) for cell in cells])
    return table


@given(matrices(), bit_widths, granularities)
def test_every_block_follows_the_definitions(x: np.ndarray, bits: int, granularity: str) -> None:
    x = np.where(np.abs(x) < 2.0**-60, 0, x).astype(np.float32)
    q_max = 2 ** (bits - 1) - 1
    damage = measure(x, f"int{bits}", granularity)
    table = blocks_of(x, damage, granularity)
    assert damage.grid.shape == (len(table), len(table[0]))
    for r, row in enumerate(table):
        for b, (values, reach) in enumerate(row):
            exact = values.astype(np.float64)
            inverse = np.float32(q_max) / np.float32(reach) if reach else np.float32(0)
            steps = values * inverse
            q = np.sign(steps) * np.floor(np.abs(steps.astype(np.float64)) + 0.5)
            error = exact - q * (reach / q_max)
            tolerance = reach * 1e-6
            assert damage.absmax[r, b] == np.abs(values).max()
            assert damage.scale[r, b] == pytest.approx(reach / q_max, rel=1e-6)
            assert damage.signal[r, b] == pytest.approx(np.square(exact).sum(), rel=1e-5)
            assert damage.noise[r, b] == pytest.approx(
                np.square(error).sum(), rel=1e-3, abs=len(q) * tolerance**2
            )
            assert damage.max_error[r, b] == pytest.approx(np.abs(error).max(), rel=1e-3, abs=tolerance)
            assert damage.zeroed[r, b] == np.count_nonzero((q == 0) & (values != 0))
            assert damage.levels[r, b] == slow_levels(values, reach, q_max)


@given(matrices(), st.sampled_from([8, 4]), st.sampled_from(["b16", "b32", "b64", "token", "tensor"]))
def test_the_error_is_the_one_the_engine_makes(x: np.ndarray, bits: int, granularity: str) -> None:
    restored = q8_1.dequantize(q8_1.quantize(x, bits, granularity))
    damage = measure(x, f"int{bits}", granularity)
    error = restored.astype(np.float64) - x
    slack = float(np.abs(x).max()) * 1e-6
    assert damage.mse == pytest.approx(np.square(error).mean(), rel=1e-3, abs=slack**2)
    assert damage.max_abs_error == pytest.approx(np.abs(error).max(), rel=1e-3, abs=slack)


@given(matrices(), bit_widths, granularities)
def test_no_error_exceeds_half_a_step(x: np.ndarray, bits: int, granularity: str) -> None:
    """But of what counts as zero."""
    damage = measure(x, f"int{bits}", granularity)
    assert (damage.max_error <= np.maximum(damage.scale * 0.501, TINY)).all()


@given(matrices(), bit_widths, granularities)
def test_the_sign_does_not_matter(x: np.ndarray, bits: int, granularity: str) -> None:
    assert measure(-x, f"int{bits}", granularity).summary() == measure(x, f"int{bits}", granularity).summary()


@given(matrices(), bit_widths, granularities, st.integers(-20, 20))
def test_scaling_by_a_power_of_two_changes_no_ratio(
    x: np.ndarray, bits: int, granularity: str, power: int
) -> None:
    x = np.where(np.abs(x) < 2.0**-60, 0, x).astype(np.float32)
    plain, scaled = (
        measure(x, f"int{bits}", granularity),
        measure(x * np.float32(2.0**power), f"int{bits}", granularity),
    )
    np.testing.assert_array_equal(scaled.levels, plain.levels)
    np.testing.assert_array_equal(scaled.zeroed, plain.zeroed)
    np.testing.assert_array_equal(scaled.sqnr_db, plain.sqnr_db)
    assert scaled.mse == plain.mse * 4.0**power


def gaussian_with_outlier(channels: int = 4096, at: int = 1000, times_median: float = 100) -> np.ndarray:
    x = np.random.default_rng(11).standard_normal(channels).astype(np.float32)
    x[at] = times_median * np.median(np.abs(x))
    return x


def test_an_outlier_leaves_the_token_a_handful_of_8_bit_levels_and_no_4_bit_ones() -> None:
    x = gaussian_with_outlier()
    typical = np.median(np.abs(x))
    eight, four = measure(x, "int8", "token"), measure(x, "int4", "token")
    assert 2 * round(float(typical / eight.scale[0, 0])) + 1 == 3
    assert 5 <= eight.median_levels <= 11  # the largest of 31 Gaussian values is some 3.4 medians
    assert four.median_levels == 0
    assert four.zeroed_share > 0.99


def test_blocks_confine_an_outlier_to_its_own() -> None:
    x = gaussian_with_outlier()
    damage = measure(x, "int4", "b32")
    assert damage.worst_block == (0, 1000 // 32)
    assert damage.levels[0, 1000 // 32] == 0
    others = np.delete(damage.levels[0], 1000 // 32)
    assert others.min() >= 5
    assert damage.median_levels >= 11


def test_the_plain_ratio_hides_what_the_field_shows() -> None:
    """At 4 bits the outlier's block even looks better than the rest: it is most of its signal."""
    damage = measure(gaussian_with_outlier(times_median=300), "int4", "b32")
    ruined = 0, 1000 // 32
    assert damage.sqnr_db[ruined] > np.median(damage.sqnr_db)
    assert damage.field_sqnr_db[ruined] == pytest.approx(0, abs=0.1)
    assert np.median(damage.field_sqnr_db) > 15


def test_uniform_noise_gives_the_textbook_ratio() -> None:
    """Values uniform over the whole grid: signal 1/3, noise step^2/12, so SQNR = 20 log10(2 q_max)."""
    x = np.random.default_rng(2).uniform(-1, 1, 1 << 16).astype(np.float32)
    x[0] = 1
    for bits in (8, 4):
        expected = 20 * math.log10(2 * (2 ** (bits - 1) - 1))
        assert measure(x, f"int{bits}", "tensor").total_sqnr_db == pytest.approx(expected, abs=0.1)


def test_nan_and_infinity_are_counted_located_and_excluded() -> None:
    x = np.random.default_rng(3).standard_normal((3, 50)).astype(np.float32)
    broken, zeroed = x.copy(), x.copy()
    broken[1, 7], broken[1, 9], broken[2, 0] = np.nan, np.inf, -np.inf
    zeroed[1, 7] = zeroed[1, 9] = zeroed[2, 0] = 0
    damage, reference = measure(broken, "int8", "channel"), measure(zeroed, "int8", "channel")
    assert damage.grid.non_finite == 3
    assert damage.grid.first_non_finite == (1, 7)
    assert damage.mse == pytest.approx(reference.mse * 150 / 147)
    np.testing.assert_array_equal(damage.levels, reference.levels)
    assert damage.bits_per_value == reference.bits_per_value


def test_nothing_is_lost_where_there_is_nothing() -> None:
    damage = measure(np.zeros((2, 70)), "int4", "b32")
    assert damage.grid.shape == (2, 3)
    assert damage.worst_block is None
    assert damage.mse == damage.max_abs_error == damage.zeroed_share == 0
    assert damage.total_sqnr_db == math.inf
    assert damage.median_levels == 15
    assert (damage.levels == 15).all()


def test_the_median_of_levels_ignores_blocks_without_a_field() -> None:
    x = np.zeros((1, 96), np.float32)
    x[0, :2] = 10, 1
    assert measure(x, "int4", "b32").median_levels == 3


def test_a_block_with_one_value_is_exact() -> None:
    damage = measure([[0, 0, -3.0, 0]], "int4", "b4")
    assert damage.levels.item() == 15
    assert damage.noise.item() == 0


def test_denormals_and_the_largest_floats_do_not_break_it() -> None:
    x = np.float32([[1e-44, -1e-40, 0, 0], [3e38, -1e38, 2e38, 1]])
    damage = measure(x, "int8", "token")
    assert damage.scale[0, 0] == 0
    assert np.isfinite(damage.signal).all()
    assert damage.sqnr_db[1, 0] > 40


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.float16, np.float64, np.bool_])
def test_any_real_dtype_and_a_single_row_will_do(dtype: type) -> None:
    row = np.array([0, 1, 1, 0, 1], dtype)
    assert (
        measure(row, "int8", "token").summary()
        == measure(row[None].astype(np.float32), "int8", "token").summary()
    )


@pytest.mark.parametrize(
    ("values", "bits", "granularity", "says"),
    [
        (np.zeros((0, 4)), 8, "b32", "shape \\(0, 4\\)"),
        (np.zeros(0), 8, "b32", "shape \\(0,\\)"),
        (np.zeros((2, 2, 2)), 8, "b32", "shape \\(2, 2, 2\\)"),
        (np.float32(1), 8, "b32", "shape \\(\\)"),
        (np.array(["a"]), 8, "b32", "no real numbers"),
        (np.ones(4, complex), 8, "b32", "no real numbers"),
        (np.ones(4), 7, "b32", "int7"),
        (np.ones(4), 8, "b0", "b0"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    values: np.ndarray, bits: int, granularity: str, says: str
) -> None:
    with pytest.raises(QuantscopeError, match=says):
        measure(values, f"int{bits}", granularity)


@pytest.mark.parametrize(
    ("granularity", "bits_per_value"),
    [
        ("b16", 5),
        ("b32", 4.5),
        ("b64", 4.25),
        ("b128", 4.125),
        ("token", 4.0625),
        ("channel", 6),
        ("tensor", 4.0078125),
    ],
)
def test_bits_per_value_count_the_scales(granularity: str, bits_per_value: float) -> None:
    assert measure(np.ones((8, 256)), "int4", granularity).bits_per_value == bits_per_value


def test_summary_is_strict_json_with_the_documented_keys() -> None:
    x = gaussian_with_outlier()
    summary = json.loads(
        json.dumps(measure(x, "int4", "b32").summary(search_clip(x, "int4", "b32")), allow_nan=False)
    )
    assert summary["format"] == "int4"
    assert summary["granularity"] == "b32"
    assert summary["blocks"] == 128
    assert summary["worst_block"] == 31
    assert summary["worst_block_at"]["first_value"] == 992
    assert summary["clip"]["mse"] <= summary["mse"]
    assert {"sqnr_db", "max_abs_error", "effective_levels_median", "zeroed_share", "bits_per_value"} < set(
        summary
    )
    empty = measure(np.zeros(8)).summary()
    assert json.dumps(empty, allow_nan=False)
    assert empty["sqnr_db"] is None
    assert empty["worst_block_at"] is None


def test_the_worst_block_is_counted_row_by_row() -> None:
    x = np.random.default_rng(4).standard_normal((5, 96)).astype(np.float32)
    x[3, 40] = 1000
    summary = measure(x, "int8", "b32").summary()
    assert summary["worst_block"] == 3 * 3 + 1
    assert summary["worst_block_at"]["row"] == 3
    assert summary["worst_block_at"]["block"] == 1
