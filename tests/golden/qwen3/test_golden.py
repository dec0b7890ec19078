"""The golden data belongs to the checkpoints rebuilt here, and an independent numpy model agrees with it."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint, open_checkpoint
from tests.golden.qwen3.checkpoints import (
    MIXTURES,
    NEW_TOKENS,
    SPECS,
    Spec,
    golden_path,
    load_golden,
    prompt_ids,
    weights_digest,
    write_checkpoint,
)
from tests.golden.qwen3.reference import Reference

each_spec = pytest.mark.parametrize("spec", [*SPECS, *MIXTURES], ids=str)
TOLERANCE = 1e-5


@pytest.fixture
def checkpoint(spec: Spec, tmp_path) -> Checkpoint:
    return open_checkpoint(write_checkpoint(spec, tmp_path))


@each_spec
def test_rebuilt_weights_are_those_the_golden_data_came_from(spec: Spec) -> None:
    golden = load_golden(spec)
    assert golden.weights_digest == weights_digest(spec)
    assert golden.prompt_ids == prompt_ids(spec)
    assert golden.logits.shape == (spec.prompt_tokens, spec.vocab_size)
    assert len(golden.greedy_ids) == NEW_TOKENS
    assert golden_path(spec).stat().st_size < 200_000


@each_spec
def test_numpy_reference_has_the_logits_of_transformers(spec: Spec, checkpoint: Checkpoint) -> None:
    golden = load_golden(spec)
    logits = Reference(checkpoint).logits(golden.prompt_ids)
    assert np.abs(logits - golden.logits).max() <= TOLERANCE * np.abs(golden.logits).max()


@each_spec
def test_greedy_tokens_are_the_best_of_the_reference_at_every_step(
    spec: Spec, checkpoint: Checkpoint
) -> None:
    golden = load_golden(spec)
    logits = Reference(checkpoint).logits(golden.prompt_ids + golden.greedy_ids[:-1])
    assert tuple(logits[len(golden.prompt_ids) - 1 :].argmax(axis=1)) == golden.greedy_ids


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.sites], ids=str)
def test_site_statistics_are_those_of_transformers(spec: Spec, checkpoint: Checkpoint) -> None:
    golden = load_golden(spec)
    reference = Reference(checkpoint)
    reference.logits(golden.prompt_ids)
    statistics = dict(reference.site_statistics())
    assert set(golden.sites) == set(statistics)
    for name, values in golden.sites.items():
        np.testing.assert_allclose(statistics[name], values, rtol=1e-4, atol=1e-6, err_msg=name)


def test_specs_cover_what_makes_checkpoints_awkward() -> None:
    ratios = {spec.num_attention_heads // spec.num_key_value_heads for spec in SPECS}
    assert {1, 2, 5, 8} <= ratios
    assert {16, 24, 32, 40, 64, 128} == {spec.head_dim for spec in SPECS}
    assert {"bf16", "f16", "f32"} == {spec.dtype for spec in SPECS}
    assert any(spec.hidden_size % 32 for spec in SPECS)
    assert any(spec.shards > 1 for spec in SPECS)
