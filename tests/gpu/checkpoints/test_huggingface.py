from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu.checkpoints import Checkpoint, open_checkpoint
from gpu.errors import ConfigError, FormatError
from tests.gpu.checkpoints import tiny

EMBEDDING = "model.embed_tokens.weight"
HEAD = "lm_head.weight"


def contents(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    return {name: checkpoint.tensor(name).read() for name in checkpoint.names()}


def assert_same(read: dict[str, np.ndarray], written: dict[str, np.ndarray]) -> None:
    assert set(read) == set(written)
    for name, values in written.items():
        np.testing.assert_array_equal(read[name], values, strict=True)


@pytest.mark.parametrize(("dtype", "name"), [(np.uint16, "bf16"), (np.float16, "f16"), (np.float32, "f32")])
def test_single_file(dtype: type, name: str, tmp_path: Path) -> None:
    checkpoint = open_checkpoint(tiny.write(tmp_path, tiny.tensors(dtype)))
    assert_same(contents(checkpoint), tiny.tensors(dtype))
    assert checkpoint.tensor(EMBEDDING).dtype == name
    assert checkpoint.config.vocab_size == 10
    assert checkpoint.generation.eos_token_ids == (3,)


def test_shards(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(tiny.write_shards(tmp_path, tiny.tensors(), 3))
    assert_same(contents(checkpoint), tiny.tensors())


def test_base_model_export_has_no_prefix(tmp_path: Path) -> None:
    bare = {name.removeprefix("model."): values for name, values in tiny.tensors().items()}
    assert_same(contents(open_checkpoint(tiny.write(tmp_path, bare))), tiny.tensors())


def test_spare_head_and_unknown_tensors_are_ignored_where_the_head_is_tied(tmp_path: Path) -> None:
    spare = {**tiny.tensors(), HEAD: np.zeros((3, 3), np.float32), "extra": np.zeros(2, np.uint16)}
    assert_same(contents(open_checkpoint(tiny.write(tmp_path, spare))), tiny.tensors())


def test_untied_head_is_read(tmp_path: Path) -> None:
    untied = {**tiny.tensors(), HEAD: np.ones((10, 8), np.float32)}
    assert_same(contents(open_checkpoint(tiny.write(tmp_path, untied, tie_word_embeddings=False))), untied)


def without(name: str) -> dict[str, np.ndarray]:
    return {key: values for key, values in tiny.tensors().items() if key != name}


def index(directory: Path, weight_map: object) -> None:
    tiny.write_shards(directory, tiny.tensors(), 2)
    text = json.dumps({"weight_map": weight_map})
    (directory / "model.safetensors.index.json").write_text(text, encoding="utf-8")


def only(directory: Path, name: str, text: str = "") -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(text, encoding="utf-8")


def replace(directory: Path, name: str, text: str) -> None:
    tiny.write(directory)
    (directory / name).write_text(text, encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no directory": (Path.absolute, "there is no such directory"),
    "empty directory": (lambda d: d.mkdir(), "the directory is empty"),
    "a file": (lambda d: d.write_text("x"), "a checkpoint is a directory"),
    "pickle": (lambda d: only(d, "pytorch_model.bin"), "pytorch_model.bin is a pickle"),
    "torch file": (lambda d: only(d, "model.pt"), "convert the weights to safetensors"),
    "no weights": (lambda d: only(d, "config.json", "{}"), "there are no weights"),
    "no config": (lambda d: only(d, "model.safetensors"), "config.json is missing"),
    "config no JSON": (lambda d: replace(d, "config.json", "{"), "the JSON is malformed"),
    "config no object": (lambda d: replace(d, "config.json", "[]"), "a JSON object was expected"),
    "generation config no JSON": (
        lambda d: replace(d, "generation_config.json", "?"),
        "the JSON is malformed",
    ),
    "tensor missing": (
        lambda d: tiny.write(d, without("model.layers.0.self_attn.q_norm.weight")),
        "'model.layers.0.self_attn.q_norm.weight' is missing; config.json asks for it with shape [4]",
    ),
    "wrong shape": (
        lambda d: tiny.write(d, {**tiny.tensors(), "model.norm.weight": np.zeros((9,), np.float32)}),
        "'model.norm.weight' has shape [9], and config.json asks for [8]",
    ),
    "untied without a head": (
        lambda d: tiny.write(d, tie_word_embeddings=False),
        "'lm_head.weight' is missing",
    ),
    "index without a map": (lambda d: index(d, None), "weight_map must map"),
    "index with numbers": (lambda d: index(d, {EMBEDDING: 1}), "weight_map must map"),
    "index to a missing shard": (lambda d: index(d, {EMBEDDING: "c.safetensors"}), "this shard is missing"),
    "index out of the directory": (
        lambda d: index(d, {EMBEDDING: "../x.safetensors"}),
        "no safetensors file",
    ),
    "index to a pickle": (lambda d: index(d, {EMBEDDING: "model.bin"}), "no safetensors file"),
    "index to the wrong shard": (
        lambda d: index(d, {"absent.weight": "part-0.safetensors"}),
        "places tensor 'absent.weight' here",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_checkpoint_is_one_sentence_with_its_path(name: str, tmp_path: Path) -> None:
    make, problem = BROKEN[name]
    directory = tmp_path / "checkpoint"
    make(directory)
    with pytest.raises(FormatError) as caught:
        open_checkpoint(directory)
    message = str(caught.value)
    assert message.startswith(str(directory))
    assert problem in message
    assert message.endswith(".")
    assert "\n" not in message


def test_gguf_is_announced_as_not_supported(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(FormatError, match="GGUF files are not supported yet"):
        open_checkpoint(tmp_path / "model.gguf")


def test_dtypes_that_are_no_weights_are_refused_by_name(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path)
    path = directory / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"F32"', b'"I32"', 1))
    with pytest.raises(FormatError, match=r"embed_tokens.weight' has dtype I32"):
        open_checkpoint(directory)


def test_quantized_checkpoints_are_refused_with_their_method(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"already quantized \(awq\)"):
        open_checkpoint(tiny.write(tmp_path, quantization_config={"quant_method": "awq"}))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("pristine"))


FILES = st.sampled_from(("config.json", "model.safetensors"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    FILES, st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=4), st.integers(0), st.booleans()
)
def test_flipped_bytes_and_truncations_load_or_are_stated(
    tmp_path: Path, pristine: Path, name: str, flips: list[tuple[int, int]], cut: int, shorten: bool
) -> None:
    content = bytearray((pristine / name).read_bytes())
    for position, value in flips:
        content[position % len(content)] = value
    if shorten:
        del content[cut % len(content) :]
    for file in pristine.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / name).write_bytes(content)
    try:
        read = contents(open_checkpoint(tmp_path))
    except (FormatError, ConfigError) as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right, and this belongs to one of them
    else:
        assert {key: values.shape for key, values in read.items()} == tiny.SHAPES


def test_name_that_the_system_refuses_is_stated(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        open_checkpoint(tmp_path / ("x" * 5000))
