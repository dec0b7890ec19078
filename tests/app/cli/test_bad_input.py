"""Every broken model a person may point at is one sentence and status 1, whatever the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gpu.qwen3.loader import LoadOptions
from tests.app.cli.conftest import TALKER, Quantscope
from tests.golden.qwen3.checkpoints import config_fields, weights
from tests.gpu.checkpoints import tiny

NORM = "model.norm.weight"


@pytest.fixture
def broken(talker: Path, tmp_path: Path) -> Path:
    """A copy of a good model, to be broken."""
    return Path(shutil.copytree(talker, tmp_path / "broken"))


def rewrite(directory: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    arrays = {name: values.copy() for name, values in weights(TALKER)}
    change(arrays)
    (directory / "model.safetensors").write_bytes(tiny.safetensors(arrays))


def truncate(directory: Path) -> None:
    file = directory / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])


def scramble(directory: Path) -> None:
    file = directory / "model.safetensors"
    file.write_bytes(b"\xff" * 64 + file.read_bytes()[64:])


def poison(arrays: dict[str, np.ndarray]) -> None:
    arrays["model.layers.1.mlp.up_proj.weight"][3, 4] = np.nan


def leave_only_a_pickle(directory: Path) -> None:
    (directory / "model.safetensors").rename(directory / "pytorch_model.bin")


def change_config(**changes: object) -> Callable[[Path], object]:
    text = json.dumps({**config_fields(TALKER), **changes})
    return lambda directory: (directory / "config.json").write_text(text, encoding="utf-8")


def change_template(template: str) -> Callable[[Path], object]:
    return lambda directory: (directory / "chat_template.jinja").write_text(template, encoding="utf-8")


BREAKS = {
    "truncated": (truncate, "model.safetensors"),
    "corrupted": (scramble, "model.safetensors"),
    "missing tensor": (lambda d: rewrite(d, lambda a: a.pop(NORM)), f"'{NORM}' is missing"),
    "wrong shape": (
        lambda d: rewrite(d, lambda a: a.update({NORM: a[NORM][:-1]})),
        f"'{NORM}' has shape [63], and config.json asks for [64]",
    ),
    "NaN": (lambda d: rewrite(d, poison), "holds NaN or infinity in row 3"),
    "pickle": (leave_only_a_pickle, "pytorch_model.bin is a pickle"),
    "architecture": (change_config(architectures=["LlamaForCausalLM"], model_type="llama"), "llama"),
    "no config": (lambda d: (d / "config.json").unlink(), "config.json is missing"),
    "no JSON": (lambda d: (d / "config.json").write_text("{"), "malformed"),
    "template raises": (change_template("{{ raise_exception('No jokes.') }}"), "No jokes."),
    "template malformed": (change_template("{% if %}"), "chat template"),
    "no tokenizer": (lambda d: (d / "tokenizer.json").unlink(), "tokenizer.json"),
    "tokenizer": (lambda d: (d / "tokenizer.json").write_text("{}"), "tokenizer.json"),
    "sampling": (
        lambda d: (d / "generation_config.json").write_text('{"temperature": -1}'),
        "generation_config.json",
    ),
}


@pytest.mark.parametrize(("damage", "sentence"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_model_is_one_sentence(
    quantscope: Quantscope, broken: Path, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(broken)
    complaint = quantscope("generate", broken, "--prompt", "Why?", "--max-new-tokens", "1").complaint
    assert sentence in complaint
    assert complaint.rstrip().endswith(".")


@pytest.mark.parametrize("command", ["chat", "generate", "logits", "spikes", "damage", "bench", "perplexity"])
def test_every_command_refuses_a_broken_file_alike(
    quantscope: Quantscope, broken: Path, tmp_path: Path, command: str
) -> None:
    truncate(broken)
    out = ("--token-ids", "1,2", "--out", tmp_path / "out")
    rest = {"generate": out[:2], "logits": out, "spikes": out, "damage": ("--tensor", NORM)}
    assert "model.safetensors" in quantscope(command, broken, *rest.get(command, ())).complaint


def test_what_does_not_fit_is_refused_with_what_would(
    quantscope: Quantscope, talker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is told to have little memory; the model asks for a long context."""
    plain = LoadOptions()
    monkeypatch.setattr(
        "app.engine_session.LoadOptions", lambda **o: replace(plain, available_bytes=10**6, **o)
    )
    complaint = quantscope("generate", talker, "--prompt", "Why?", "--context", "1024").complaint
    assert "are free" in complaint
    assert "fit" in complaint


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--scheme", "Q4_K_M"), "'Q4_K_M' is not a scheme name"),
        (("--scheme", "W3A8"), "weights run at 4, 8 or 16 bits"),
        (("--adapter", "voodoo"), "No adapter matches 'voodoo'"),
        (("--context", "1m"), "this model takes 2 to 1,024"),
        (("--temperature", "-1"), "temperature is -1"),
        (("--seed", "-5"), "seed"),
    ],
)
def test_impossible_wishes_are_one_sentence(
    quantscope: Quantscope, talker: Path, options: tuple[str, str], sentence: str
) -> None:
    assert sentence in quantscope("generate", talker, "--prompt", "Why?", *options).complaint


def test_what_is_no_model(quantscope: Quantscope, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").touch()
    for model, sentence in (
        (tmp_path / "model.gguf", "not supported yet"),
        (tmp_path / "missing.gguf", "not supported yet"),
        (tmp_path, "no weights to load"),
        (__file__, "a checkpoint is a directory"),
        ("qwen3-8b", "a shape without weights"),
        ("qwen9", "no model 'qwen9'"),
    ):
        assert sentence in quantscope("generate", model, "--prompt", "Why?").complaint
