from __future__ import annotations

from pathlib import Path

import pytest

from app.library import demo_directory, find_config, find_directory
from gpu.checkpoints import open_checkpoint
from gpu.errors import ConfigError, FormatError, RequestError
from gpu.qwen3.released import released_config, released_names
from tests.gpu.checkpoints import tiny


def test_demo_is_the_embedded_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_directory("demo") == demo_directory()  # a folder of that name is ./demo
    assert find_directory("./demo") == Path("demo")
    assert find_config("demo") == open_checkpoint(demo_directory()).config


@pytest.mark.parametrize("name", released_names())
def test_released_shapes_have_a_shape_and_no_weights(name: str) -> None:
    assert find_config(name.upper()) == released_config(name)
    with pytest.raises(RequestError, match="a shape without weights"):
        find_directory(name)


def test_a_directory_comes_before_a_released_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write(tmp_path / "qwen3-8b")
    monkeypatch.chdir(tmp_path)
    assert find_config("qwen3-8b").hidden_size == tiny.CONFIG["hidden_size"]
    assert find_directory("qwen3-8b") == Path("qwen3-8b")


def test_a_shape_needs_no_more_than_config_json(tmp_path: Path) -> None:
    tiny.write(tmp_path / "model", num_hidden_layers=7)
    (tmp_path / "model" / "model.safetensors").unlink()
    assert find_config(str(tmp_path / "model")).num_hidden_layers == 7


def test_what_is_not_there(tmp_path: Path) -> None:
    for find in (find_directory, find_config):
        with pytest.raises(FormatError, match="GGUF files are not supported yet"):
            find(str(tmp_path / "model.GGUF"))
        with pytest.raises(RequestError, match=r"no model 'qwen3-7b'.* demo .*qwen3-0\.6b, "):
            find("qwen3-7b")
    with pytest.raises(FormatError, match=r"config\.json"):
        find_config(str(tmp_path))


def test_an_unsupported_shape(tmp_path: Path) -> None:
    tiny.write(tmp_path, model_type="llama", architectures=["LlamaForCausalLM"])
    with pytest.raises(ConfigError, match="llama"):
        find_config(str(tmp_path))
