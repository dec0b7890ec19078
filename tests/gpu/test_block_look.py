from __future__ import annotations

import numpy as np
import pytest

from gpu.block_look import error_curve, look, take_sample
from gpu.block_map import map_blocks
from gpu.damage_stream import ArrayRows
from gpu.formats.family import quantize
from gpu.sweep import Rounding


def spiky() -> np.ndarray:
    x = np.random.default_rng(2).standard_normal((6, 600)).astype(np.float32)
    x[2, 37] = 60
    return x


@pytest.mark.parametrize(
    "name", ["int4", "int8@token", "int4@tensor", "q4_0", "nf4", "nvfp4", "q4_k", "q6_k"]
)
def test_the_lens_shows_what_quantizing_the_whole_did(name: str) -> None:
    x, rounding = spiky(), Rounding.parse(name)
    blocks = map_blocks(ArrayRows(x), rounding)
    at = 37 // blocks.block
    found = look(take_sample(ArrayRows(x), blocks, 2, at))
    part = slice(at * blocks.block, (at + 1) * blocks.block)
    whole = quantize(x, rounding.format, str(rounding.granularity)).restored[2, part]
    np.testing.assert_allclose(found.restored, whole, rtol=1e-6)
    assert len(found.grid) <= rounding.format.spec.levels
    for value in found.restored:
        assert np.abs(found.grid - value).min() <= abs(value) * 1e-5 + 1e-6


def test_scales_per_channel_are_looked_at_along_the_tokens() -> None:
    x, rounding = spiky(), Rounding.parse("int4@channel")
    blocks = map_blocks(ArrayRows(x), rounding)
    sample = take_sample(ArrayRows(x), blocks, 37, 0)
    np.testing.assert_array_equal(sample.values, x[:, 37])
    assert sample.setter == 2


def test_the_outlier_is_named_and_a_smaller_threshold_saves_the_field() -> None:
    x = spiky()
    sample = take_sample(ArrayRows(x), map_blocks(ArrayRows(x), Rounding.parse("int4")), 2, 1)
    assert (sample.setter, sample.top) == (5, 60)
    wide, narrow = look(sample), look(sample, 3.0)
    field = np.delete(np.arange(32), 5)
    error = [np.abs(sample.values - found.restored)[field].max() for found in (wide, narrow)]
    assert error[1] < error[0] / 2
    assert narrow.grid.max() == pytest.approx(3.0)


def test_the_curve_ends_at_what_is_and_has_its_best_marked() -> None:
    x = np.random.default_rng(3).standard_t(3, (1, 256)).astype(np.float32)
    sample = take_sample(ArrayRows(x), map_blocks(ArrayRows(x), Rounding.parse("int4@b256")), 0, 0)
    curve = error_curve(sample)
    assert curve is not None
    assert curve.errors[-1] == pytest.approx(look(sample).mse)
    assert curve.best[1] == curve.errors.min() < curve.errors[-1]


def test_formats_that_search_have_no_curve() -> None:
    x = spiky()
    blocks = map_blocks(ArrayRows(x), Rounding.parse("q4_k"))
    assert error_curve(take_sample(ArrayRows(x), blocks, 0, 0)) is None
