"""Filling a model: from a checkpoint, from the copy kept on disk, and what stops it."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint, open_checkpoint
from gpu.checkpoints.safetensors_writer import SafetensorsWriter
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.device import Gpu
from gpu.errors import Cancelled, FormatError
from gpu.formats import floats
from gpu.layouts import MatrixSpec
from gpu.model import LoadOptions, LoadProgress, Model
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.loader import encode
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, config_fields, load_golden, weights
from tests.golden.qwen3.reference import Reference
from tests.gpu.checkpoints.tiny import safetensors
from tests.gpu.sentences import is_one_sentence

SPEC = SPECS[0]
PROMPT = load_golden(SPEC).prompt_ids[:9]
W4A8, W16A16 = Scheme.parse("W4A8"), Scheme.parse("W16A16")
GoldenCheckpoint = Callable[[str], Checkpoint]


@dataclass(frozen=True)
class Watched:
    """A checkpoint that notes which tensors are read."""

    inner: Any
    read: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def tensor(self, name: str) -> Any:
        return WatchedTensor(self.inner.tensor(name), self.read)


@dataclass(frozen=True)
class WatchedTensor:
    inner: Any
    noted: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def read(self, rows: slice | None = None) -> Any:
        self.noted.append(self.inner.name)
        return self.inner.read(rows)

    def read_f32(self, rows: slice | None = None) -> Any:
        self.noted.append(self.inner.name)
        return self.inner.read_f32(rows)


def logits(gpu: Gpu, checkpoint: Any, scheme: Scheme = W4A8, **options: Any) -> np.ndarray:
    """Load, run a prompt, unload."""
    model = Model.load(gpu, checkpoint, scheme, LoadOptions(64, **options))
    found = np.concatenate(list(model.all_logits(PROMPT)))
    model.close()
    return found


@pytest.mark.parametrize("scheme", ["W4A8", "W8A8", "W4-g64A8"])
def test_second_load_reads_the_kept_copy_only(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path, scheme: str
) -> None:
    checkpoint = golden_checkpoint(SPEC.name)
    plain = logits(model_gpu, checkpoint, Scheme.parse(scheme))
    first, second = Watched(checkpoint), Watched(checkpoint)
    kept = [
        logits(model_gpu, each, Scheme.parse(scheme), cache_directory=tmp_path) for each in (first, second)
    ]
    np.testing.assert_array_equal(kept, [plain, plain])
    assert set(first.read) == set(checkpoint.names())
    assert set(second.read) == {
        n for n, shape in checkpoint.config.tensor_shapes().items() if len(shape) == 1
    }


@pytest.mark.parametrize("layouts", [("pairs", "buffer"), ("buffer", "pairs")])
def test_the_kept_copy_serves_both_layouts(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path, layouts: tuple[str, str]
) -> None:
    checkpoint = golden_checkpoint("five-to-one-sharded")
    plain = logits(model_gpu, checkpoint, layout=layouts[1])
    logits(model_gpu, checkpoint, layout=layouts[0], cache_directory=tmp_path)
    kept = logits(model_gpu, checkpoint, layout=layouts[1], cache_directory=tmp_path)
    np.testing.assert_array_equal(kept, plain)
    assert len(list(tmp_path.iterdir())) == 1


def test_copies_of_other_weights_and_schemes_are_not_taken(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path
) -> None:
    names, schemes = ("tied-pairs", "spare-head"), ("W4A8", "W8A8", "W4-g128A8")
    for name in names:
        for scheme in schemes:
            logits(model_gpu, golden_checkpoint(name), Scheme.parse(scheme), cache_directory=tmp_path)
    assert len(list(tmp_path.iterdir())) == len(names) * len(schemes)


def test_weights_that_are_not_quantized_are_not_copied(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path
) -> None:
    logits(model_gpu, golden_checkpoint(SPEC.name), W16A16, cache_directory=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_cache_that_cannot_be_written_is_noticed_and_the_load_goes_on(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    checkpoint, notices = golden_checkpoint(SPEC.name), []
    found = logits(model_gpu, checkpoint, cache_directory=tmp_path / "file" / "below", notice=notices.append)
    np.testing.assert_array_equal(found, logits(model_gpu, checkpoint))
    assert len(notices) == 1
    assert is_one_sentence(notices[0])


def test_disk_that_fills_up_midway_is_noticed_once(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint, notices = golden_checkpoint(SPEC.name), []
    full_after(3, monkeypatch)
    found = logits(model_gpu, checkpoint, cache_directory=tmp_path, notice=notices.append)
    np.testing.assert_array_equal(found, logits(model_gpu, checkpoint))
    assert len(notices) == 1
    assert list(tmp_path.iterdir()) == []


def full_after(writes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes so many arrays and then fails."""
    calls, original = [], SafetensorsWriter.write

    def write(self: SafetensorsWriter, name: str, array: np.ndarray) -> None:
        calls.append(name)
        if len(calls) > writes:
            raise OSError(28, "No space left on device")
        original(self, name, array)

    monkeypatch.setattr(SafetensorsWriter, "write", write)


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


def test_progress_of_a_kept_copy(model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path) -> None:
    steps: list[LoadProgress] = []
    logits(model_gpu, golden_checkpoint(SPEC.name), cache_directory=tmp_path)
    logits(model_gpu, golden_checkpoint(SPEC.name), cache_directory=tmp_path, progress=steps.append)
    check_progress(steps)
    assert steps[-1].stage == "Reading quantized weights"


def check_progress(steps: list[LoadProgress]) -> None:
    done = [step.done_bytes for step in steps]
    assert all(a < b for a, b in itertools.pairwise(done))
    assert {step.total_bytes for step in steps} == {done[-1]}


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
