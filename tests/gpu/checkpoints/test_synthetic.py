from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.checkpoints import first_nonfinite
from gpu.checkpoints.synthetic import SyntheticCheckpoint, SyntheticTensor
from gpu.qwen3.config import Qwen3Config
from tests.gpu.checkpoints import tiny

CONFIG = Qwen3Config.from_dict({**tiny.CONFIG, "vocab_size": 500, "hidden_size": 96}, "test")
EMBEDDING = "model.embed_tokens.weight"


def test_names_and_shapes_are_those_of_the_config() -> None:
    checkpoint = SyntheticCheckpoint(CONFIG)
    assert {
        name: checkpoint.tensor(name).read().shape for name in checkpoint.names()
    } == CONFIG.tensor_shapes()


@pytest.fixture(scope="module")
def tensor() -> SyntheticTensor:
    return SyntheticCheckpoint(CONFIG).tensor(EMBEDDING)


@given(st.integers(-510, 510), st.integers(-510, 510))
def test_rows_do_not_depend_on_how_they_are_asked_for(tensor: SyntheticTensor, start: int, stop: int) -> None:
    np.testing.assert_array_equal(tensor.read(slice(start, stop)), tensor.read()[start:stop])


@pytest.mark.parametrize(("dtype", "stored"), [("bf16", np.uint16), ("f16", np.float16), ("f32", np.float32)])
def test_values_have_a_realistic_scale(dtype: str, stored: type) -> None:
    checkpoint = SyntheticCheckpoint(CONFIG, seed=3, dtype=dtype)
    matrix, norm = checkpoint.tensor(EMBEDDING), checkpoint.tensor("model.norm.weight")
    assert matrix.read().dtype == stored
    assert first_nonfinite(matrix.read()) is None
    assert matrix.read_f32().std() == pytest.approx(0.02, rel=0.02)
    assert abs(matrix.read_f32().mean()) < 1e-3
    assert norm.read_f32().mean() == pytest.approx(1.0, abs=0.1)


def test_rows_differ_within_and_between_tensors() -> None:
    checkpoint = SyntheticCheckpoint(CONFIG)
    rows = [
        checkpoint.tensor(EMBEDDING).read(),
        checkpoint.tensor("model.layers.0.mlp.up_proj.weight").read(),
    ]
    stacked = np.concatenate(rows)
    assert len(np.unique(stacked, axis=0)) == len(stacked)


def test_equal_arguments_give_equal_weights_and_keys() -> None:
    first, second, other = (SyntheticCheckpoint(CONFIG, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.tensor(EMBEDDING).read(), second.tensor(EMBEDDING).read())
    assert (first.tensor(EMBEDDING).read() != other.tensor(EMBEDDING).read()).any()
    wider = SyntheticCheckpoint(dataclasses.replace(CONFIG, vocab_size=501), 1)
    assert first.fingerprint == second.fingerprint
    assert len({first.fingerprint, other.fingerprint, wider.fingerprint}) == 3
