"""The command line run in this process, and a small checkpoint that has weights, text and sampling."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from tests.golden.qwen3.checkpoints import OLD_ROPE, SPECS, Spec, write_checkpoint
from tests.golden.text import SMALL

TALKER = Spec("talker", 7, 64, 96, 4, 2, 16, 640, True, "f32", OLD_ROPE)
END_OF_TURN = 639


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def complaint(self) -> str:
        """The one line of a stated failure."""
        assert (self.status, self.out) == (1, "")
        (line,) = self.err.splitlines()
        assert line.startswith("quantscope: ")
        assert "Traceback" not in line
        return line.removeprefix("quantscope: ")


Quantscope = Callable[..., Result]


@pytest.fixture(autouse=True)
def own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command begins without settings and records."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def quantscope(capsys: pytest.CaptureFixture[str]) -> Quantscope:
    def run(*argv: str | Path) -> Result:
        status = main([str(argument) for argument in argv])
        return Result(status, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def talker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights that speak through the small tokenizer and its chat template."""
    return write_talker(tmp_path_factory.mktemp("models") / "talker")


def write_talker(directory: Path) -> Path:
    write_checkpoint(TALKER, directory)
    for file in SMALL.iterdir():
        shutil.copy(file, directory)
    recommended = {"temperature": 0.5, "top_k": 7, "eos_token_id": END_OF_TURN}
    (directory / "generation_config.json").write_text(json.dumps(recommended), encoding="utf-8")
    return directory


@pytest.fixture(scope="session")
def golden_spec() -> Spec:
    """A checkpoint whose logits, greedy tokens and channel statistics are known from transformers."""
    return next(spec for spec in SPECS if spec.sites)


@pytest.fixture(scope="session")
def golden_model(golden_spec: Spec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It has no tokenizer."""
    return write_checkpoint(golden_spec, tmp_path_factory.mktemp("models") / golden_spec.name)
