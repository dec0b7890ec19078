from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.subjects import fetch_subject, find_subject, read_subject
from gpu.errors import QuantscopeError, RequestError
from tests.golden.qwen3.checkpoints import SPECS, config_fields, write_checkpoint
from tests.gpu.checkpoints.fake_hub import FakeHub, offline, safetensors
from tests.gpu.checkpoints.gguf_files import QWEN3, TENSORS, gguf
from tests.gpu.sentences import is_one_sentence

CONFIG = json.dumps(config_fields(SPECS[0])).encode()
WEIGHTS = safetensors({"model.norm.weight": ("F16", [96], 192)})


@pytest.mark.parametrize("name", ["qwen3-8b", "Qwen3-8B"])
def test_released_shapes(name: str) -> None:
    subject = find_subject(name, offline)
    assert (subject.name, subject.origin) == ("qwen3-8b", "released shape")


def test_a_checkpoint_directory_and_one_of_its_files(tmp_path: Path) -> None:
    directory = write_checkpoint(SPECS[2], tmp_path / "model")
    subject = find_subject(str(directory), offline)
    assert subject.config is not None
    assert subject.dtype_of("model.embed_tokens.weight") == "bf16"
    assert subject.stored_bytes == 2 * subject.shape.parameters
    shard = next(directory.glob("*.safetensors"))
    assert read_subject(str(shard)).config is None


def test_the_demo() -> None:
    assert find_subject("demo", offline).stored_bytes is not None


def test_a_gguf_file(tmp_path: Path) -> None:
    file = tmp_path / "q.gguf"
    file.write_bytes(gguf(QWEN3, TENSORS))
    assert find_subject(str(file), offline).origin == "GGUF header"


def test_weights_without_a_configuration_are_counted(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(safetensors({"layers.0.k_proj.weight": ("F16", [8, 8], 128)}))
    subject = read_subject(str(tmp_path))
    assert (subject.shape.parameters, subject.shape.head_dim) == (64, 8)


def test_a_model_on_the_hub() -> None:
    hub = FakeHub({"me/m/config.json": CONFIG, "me/m/model.safetensors": WEIGHTS})
    subject = find_subject("me/m", hub)
    assert (subject.name, subject.origin, subject.stored_bytes) == ("me/m", "Hub headers", 192)
    assert subject.config is not None
    file = FakeHub({"me/m/q.gguf": gguf(QWEN3, TENSORS)})
    assert fetch_subject("me/m/q.gguf", file).origin == "GGUF header"


@pytest.mark.parametrize(
    ("name", "mention"),
    [
        ("me/m", "cannot be reached"),
        ("qwen9", "no model 'qwen9'"),
        ("/nowhere/at/all", "no model '/nowhere/at/all'"),
        ("/nowhere/x.gguf", "cannot be read"),
        ("me/m/file.bin", "no model"),
    ],
)
def test_what_is_not_there_is_one_sentence(name: str, mention: str) -> None:
    with pytest.raises(QuantscopeError) as failure:
        find_subject(name, offline)
    assert mention in str(failure.value)
    assert is_one_sentence(str(failure.value))


def test_only_gguf_files_are_fetched_by_file() -> None:
    with pytest.raises(RequestError, match="no GGUF file"):
        fetch_subject("me/m/file.bin", offline)
