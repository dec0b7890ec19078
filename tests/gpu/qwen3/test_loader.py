"""Filling a model from a checkpoint, and what stops it."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint, open_checkpoint
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.device import Gpu
from gpu.errors import Cancelled, FormatError
from gpu.formats import floats
from gpu.layouts import MatrixSpec
from gpu.model import LoadOptions, LoadProgress, Model
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.loader import encode
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, config_fields, weights
from tests.golden.qwen3.reference import Reference
from tests.gpu.checkpoints.tiny import safetensors
from tests.gpu.qwen3.loads import PROMPT, W4A8, Watched, check_progress, logits
from tests.gpu.sentences import is_one_sentence

SPEC = SPECS[0]
W16A16 = Scheme.parse("W16A16")
GoldenCheckpoint = Callable[[str], Checkpoint]


def broken_checkpoint(directory: Path, tensor: str, place: tuple[int, ...], value: float, dtype: str) -> Any:
    """The golden checkpoint with one bad value, stored as `dtype`."""
    tensors = {name: floats.to_f32(stored, SPEC.dtype).copy() for name, stored in weights(SPEC)}
    tensors[tensor][place] = value
    (directory / "config.json").write_text(json.dumps(config_fields(SPEC)), encoding="utf-8")
    with np.errstate(over="ignore", invalid="ignore"):
        stored = {name: floats.from_f32(values, dtype) for name, values in tensors.items()}
    (directory / "model.safetensors").write_bytes(safetensors(stored))
    return open_checkpoint(directory)


@pytest.mark.parametrize(
    ("tensor", "place"),
    [
        ("model.embed_tokens.weight", (299, 95)),
        ("model.layers.1.self_attn.k_proj.weight", (63, 0)),
        ("model.layers.0.mlp.down_proj.weight", (7, 100)),
        ("model.layers.1.self_attn.q_norm.weight", (5,)),
    ],
)
@pytest.mark.parametrize(("value", "dtype"), [(np.nan, "bf16"), (np.inf, "f32"), (-np.inf, "f16")])
@pytest.mark.parametrize("scheme", [W4A8, W16A16], ids=str)
def test_weights_that_are_not_finite_are_named(
    model_gpu: Gpu,
    tmp_path: Path,
    tensor: str,
    place: tuple[int, ...],
    value: float,
    dtype: str,
    scheme: Scheme,
) -> None:
    checkpoint = broken_checkpoint(tmp_path, tensor, place, value, dtype)
    with pytest.raises(FormatError) as failure:
        Model.load(model_gpu, checkpoint, scheme, LoadOptions(64, cache_directory=tmp_path / "cache"))
    assert is_one_sentence(str(failure.value))
    assert tensor in str(failure.value)
    assert f"row {place[0]:,}" in str(failure.value)
    assert dtype in str(failure.value)
    assert model_gpu.ledger.entries() == ()
    assert list(tmp_path.glob("cache/*")) == []


def test_weights_beyond_a_scale_are_named(model_gpu: Gpu, tmp_path: Path) -> None:
    tensor = "model.layers.1.mlp.up_proj.weight"
    checkpoint = broken_checkpoint(tmp_path, tensor, (3, 3), 1e30, "f32")
    with pytest.raises(FormatError) as failure:
        Model.load(model_gpu, checkpoint, W4A8, LoadOptions(64))
    assert is_one_sentence(str(failure.value))
    assert tensor in str(failure.value)
    Model.load(model_gpu, checkpoint, W16A16, LoadOptions(64))


def test_cancel_at_any_moment_leaves_nothing(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path
) -> None:
    checkpoint, steps = golden_checkpoint(SPEC.name), []
    logits(model_gpu, checkpoint, progress=steps.append)
    for calls in range(len(steps)):
        left = iter(range(calls))
        options = LoadOptions(64, tmp_path, cancel=lambda left=left: next(left, None) is None)
        with pytest.raises(Cancelled):
            Model.load(model_gpu, checkpoint, W4A8, options)
        assert model_gpu.ledger.entries() == ()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("scheme", "stage"), [("W4A8", "Quantizing weights"), ("W16A16", "Reading weights")])
@pytest.mark.parametrize("name", ["tied-pairs", "five-to-one-sharded", "spare-head"])
def test_progress_grows_to_the_whole(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, name: str, scheme: str, stage: str
) -> None:
    steps: list[LoadProgress] = []
    logits(model_gpu, golden_checkpoint(name), Scheme.parse(scheme), progress=steps.append)
    check_progress(steps)
    assert steps[-1].stage == stage


BIG = Qwen3Config.from_dict(
    {
        **config_fields(SPEC),
        "hidden_size": 256,
        "intermediate_size": 768,
        "num_hidden_layers": 12,
        "vocab_size": 4096,
    },
    "big",
)


@pytest.mark.parametrize("scheme", ["W4A8", "W8A8", "W16A16"])
def test_memory_stays_within_a_few_of_the_largest_tensor(model_gpu: Gpu, tmp_path: Path, scheme: str) -> None:
    """Beyond the GPU's buffers; a model's codes alone would be several times as much."""
    checkpoint = SyntheticCheckpoint(BIG)
    checkpoint.tensor("model.norm.weight")  # makes the bank of numbers, which is no part of the load
    largest = max(int(np.prod(shape)) for shape in BIG.tensor_shapes().values()) * 4
    tracemalloc.start()
    Model.load(model_gpu, checkpoint, Scheme.parse(scheme), LoadOptions(64, tmp_path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 4 * largest
    assert 4 * largest < BIG.parameter_count() * 2


def test_tensors_of_one_stack_may_differ_in_type(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path
) -> None:
    """f32 holds bf16 exactly, so a stack of both is f32 and the logits stay."""
    stored = dict(weights(SPEC))
    mixed = "model.layers.0.self_attn.k_proj.weight"
    stored[mixed] = floats.to_f32(stored[mixed], SPEC.dtype)
    (tmp_path / "config.json").write_text(json.dumps(config_fields(SPEC)), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(safetensors(stored))
    expected = Reference(golden_checkpoint(SPEC.name)).logits(PROMPT)
    found = logits(model_gpu, open_checkpoint(tmp_path), W16A16)
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("dtype", ["bf16", "f16", "f32"])
def test_rows_that_are_not_quantized_keep_their_bits(dtype: str) -> None:
    stored = floats.from_f32(np.random.default_rng(0).standard_normal((3, 40), np.float32), dtype)
    codes, scales = encode(MatrixSpec("test", (3,), 40, dtype), stored, dtype)
    assert scales is None
    assert codes.dtype == stored.dtype
    np.testing.assert_array_equal(codes[:, :40], stored)
    assert not codes[:, 40:].any()
    assert codes.shape == (3, 64)


def test_a_sliced_read_is_asked_for_large_tensors(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streaming row ranges gives what reading whole tensors gives."""
    checkpoint = golden_checkpoint("linear-odd-width")
    whole = logits(model_gpu, checkpoint)
    monkeypatch.setattr("gpu.layouts.DeviceMatrix.row_step", lambda _self: 64)
    watched = Watched(replace(checkpoint))
    np.testing.assert_array_equal(logits(model_gpu, watched), whole)
    assert watched.read.count("model.embed_tokens.weight") == -(-290 // 64)
