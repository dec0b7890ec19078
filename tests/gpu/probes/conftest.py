"""A random checkpoint, and the same with spikes planted, each loaded once for a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint, open_checkpoint
from gpu.device import open_gpu
from gpu.model import LoadOptions, Model
from gpu.probes.captured import Origin
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import GOLDEN_DIRECTORY, SPECS, prompt_ids, write_checkpoint
from tests.gpu.probes.decisive import write_decisive
from tests.gpu.probes.planted import write_planted

SPEC = SPECS[0]
PROMPT = prompt_ids(SPEC)
ORIGIN = Origin("test", "0" * 32, "W16A16", "0.0")


@dataclass(frozen=True)
class Subject:
    """A loaded model, what it was loaded from, and its golden statistics."""

    name: str
    checkpoint: Checkpoint
    model: Model

    def golden(self) -> dict[str, np.ndarray]:
        with np.load(GOLDEN_DIRECTORY / "statistics.npz") as stored:
            start = f"{self.name}/"
            return {name.removeprefix(start): stored[name] for name in stored.files if name.startswith(start)}


Load = Callable[[str, str], Subject]
WRITERS = {"random": write_checkpoint, "planted": write_planted, "decisive": write_decisive}


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """Loads (one of WRITERS, a scheme), each once, on a device of its own, with a context of 64."""
    held: dict[tuple[str, str], Subject] = {}

    def loaded(name: str, scheme: str) -> Subject:
        if (name, scheme) not in held:
            directory: Path = tmp_path_factory.mktemp(name)
            checkpoint = open_checkpoint(WRITERS[name](SPEC, directory))
            model = Model.load(open_gpu(), checkpoint, Scheme.parse(scheme), LoadOptions(64))
            held[name, scheme] = Subject(name, checkpoint, model)
        return held[name, scheme]

    yield loaded
    for subject in held.values():
        subject.model.close()
        subject.model.gpu.close()


@pytest.fixture(scope="module", params=["random", "planted"])
def subject(request: pytest.FixtureRequest, load: Load) -> Subject:
    return load(request.param, "W16A16")
