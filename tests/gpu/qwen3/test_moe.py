"""Mixtures of experts through the whole engine; test_model_golden.py holds them against transformers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.errors import SchemeError
from gpu.model import LoadOptions, Model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import MIXTURES, load_golden
from tests.gpu.qwen3.loads import logits
from tests.gpu.sentences import is_one_sentence

GoldenCheckpoint = Callable[[str], Checkpoint]
each_mixture = pytest.mark.parametrize("name", [spec.name for spec in MIXTURES])


@each_mixture
@pytest.mark.parametrize(("scheme", "tolerance"), [("W8A16", 0.03), ("W8A8", 0.06), ("W8-g64A8@b64", 0.08)])
def test_eight_bits_stay_close_to_the_reference(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, name: str, scheme: str, tolerance: float
) -> None:
    checkpoint = golden_checkpoint(name)
    exact = logits(model_gpu, checkpoint, Scheme.parse("W16A16"))
    found = logits(model_gpu, checkpoint, Scheme.parse(scheme))
    assert np.abs(found - exact).max() <= tolerance * np.abs(exact).max()
    assert np.abs(found - exact).max() > 0


@each_mixture
def test_a_kept_copy_gives_the_same_logits(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path, name: str
) -> None:
    first, second = (logits(model_gpu, golden_checkpoint(name), cache_directory=tmp_path) for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 1
    assert (first == second).all()


def test_experts_in_several_slabs(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = golden_checkpoint("experts")
    whole = logits(model_gpu, checkpoint, Scheme.parse("W16A16"))
    limits = {**model_gpu.limits, "max-storage-buffer-binding-size": 60_000}
    monkeypatch.setattr(model_gpu, "limits", limits)
    model = Model.load(model_gpu, checkpoint, Scheme.parse("W16A16"), LoadOptions(64))
    names = [entry.name for entry in model_gpu.ledger.entries()]
    assert names.count("layers.0.experts.gate_up") > 1
    model.close()
    np.testing.assert_allclose(logits(model_gpu, checkpoint, Scheme.parse("W16A16")), whole, atol=1e-5)


def test_probes_see_what_layers_read_but_nothing_inside_the_experts(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint
) -> None:
    model = Model.load(model_gpu, golden_checkpoint("sparse-experts"), Scheme.parse("W4A8"), LoadOptions(64))
    prompt = load_golden(MIXTURES[1]).prompt_ids
    list(model.feed(prompt, probed=True))
    down = [site for site in model.sites if site.endswith("down_proj")]
    assert down == ["layers.0.mlp.down_proj", "layers.2.mlp.down_proj"]
    for site in model.sites:
        assert model.probes.read(site).absmax.max() > 0
    probed = model.last_logits().copy()
    model.rewind(0)
    list(model.feed(prompt))
    np.testing.assert_allclose(model.last_logits(), probed, atol=1e-4 * np.abs(probed).max())


def test_wide_activation_scales_are_refused(model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint) -> None:
    with pytest.raises(SchemeError) as failure:
        Model.load(model_gpu, golden_checkpoint("experts"), Scheme.parse("W8A8@tensor"), LoadOptions(64))
    assert is_one_sentence(str(failure.value))


def test_a_dense_layer_of_a_mixture_is_as_wide_as_its_own_mlp(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint
) -> None:
    """More inner channels than all chosen experts together have."""
    checkpoint = golden_checkpoint("sparse-experts")
    config = checkpoint.config
    assert config.intermediate_size > config.num_experts_per_tok * config.moe_intermediate_size
    assert replace(config, mlp_only_layers=(1,)).is_moe_layer(1) is False
    assert np.isfinite(logits(model_gpu, checkpoint)).all()
