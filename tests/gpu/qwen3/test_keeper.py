"""The quantized copy that a load keeps: when it is written, when it is taken, and when it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint
from gpu.checkpoints.safetensors_writer import SafetensorsWriter
from gpu.device import Gpu
from gpu.model import LoadProgress
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.keeper import cache_key
from gpu.qwen3.stacks import ModelStacks, stack_model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, config_fields
from tests.gpu.qwen3.loads import Watched, check_progress, logits
from tests.gpu.sentences import is_one_sentence

SPEC = SPECS[0]
W16A16 = Scheme.parse("W16A16")
GoldenCheckpoint = Callable[[str], Checkpoint]


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


def test_progress_of_a_kept_copy(model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, tmp_path: Path) -> None:
    steps: list[LoadProgress] = []
    logits(model_gpu, golden_checkpoint(SPEC.name), cache_directory=tmp_path)
    logits(model_gpu, golden_checkpoint(SPEC.name), cache_directory=tmp_path, progress=steps.append)
    check_progress(steps)
    assert steps[-1].stage == "Reading quantized weights"


def test_key_follows_content_formats_and_the_order_of_rows() -> None:
    """A copy whose rows lie in another order has the same shapes, so only its key can tell it apart."""
    config = Qwen3Config.from_dict(config_fields(SPEC), "test")

    def stacks(scheme: str) -> ModelStacks:
        return stack_model(config, Scheme.parse(scheme), lambda _: "bf16")

    plain = stacks("W4A8")
    layers = tuple(
        replace(layer, gate_up=replace(layer.gate_up, interleaved=not layer.gate_up.interleaved))
        for layer in plain.layers
    )
    others = [stacks("W8A8"), stacks("W4-g64A8"), replace(plain, layers=layers)]
    keys = [cache_key("a", plain), cache_key("b", plain), *(cache_key("a", other) for other in others)]
    assert len(set(keys)) == len(keys)
    assert cache_key("a", stacks("W4A16")) == keys[0]
