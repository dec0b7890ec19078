from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from gpu.qwen3.config import Qwen3Config, RopeScaling
from gpu.qwen3.rope import attention_factor, inverse_frequencies, rope_table
from tests.golden.qwen3 import rope_cases

NEAR = np.array(rope_cases.POSITIONS) < 5_000


@pytest.mark.parametrize("name", rope_cases.CASES)
def test_tables_are_those_of_transformers(name: str) -> None:
    config = Qwen3Config.from_dict(rope_cases.CASES[name], name)
    expected = rope_cases.load_tables()[name]
    table = rope_table(config, rope_cases.POSITIONS[-1] + 1)[list(rope_cases.POSITIONS)]
    assert table.dtype == np.float32
    np.testing.assert_allclose(table[NEAR], expected[NEAR], rtol=0, atol=5e-7)
    # One last bit of a frequency is worth 1e-5 at the far positions.
    np.testing.assert_allclose(table, expected, rtol=0, atol=2e-5)


def test_every_position_has_unit_pairs() -> None:
    config = Qwen3Config.from_dict(rope_cases.CASES["default"], "default")
    cos, sin = np.split(rope_table(config, 50), 2, axis=1)
    np.testing.assert_allclose(cos**2 + sin**2, 1, atol=1e-6)
    np.testing.assert_array_equal(cos[0], 1)


def test_yarn_keeps_fast_pairs_and_divides_slow_ones() -> None:
    yarn = Qwen3Config.from_dict(rope_cases.CASES["yarn"], "yarn")
    plain = dataclasses.replace(yarn, rope_scaling=RopeScaling())
    ratio = inverse_frequencies(plain) / inverse_frequencies(yarn)
    assert ratio[0] == 1.0
    assert ratio[-1] == pytest.approx(4.0)
    assert (np.diff(ratio) >= -1e-6).all()


def test_attention_factor_of_yarn() -> None:
    assert attention_factor(RopeScaling("yarn", 4.0, 32_768)) == pytest.approx(0.1 * math.log(4) + 1)
    assert attention_factor(RopeScaling("linear", 4.0)) == 1.0
    assert attention_factor(RopeScaling("yarn", 4.0, 32_768, attention_factor=0.5)) == 0.5
