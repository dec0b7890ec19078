"""Loads that tests watch: which tensors are read, how progress goes, and the logits that come of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gpu.device import Gpu
from gpu.model import LoadOptions, LoadProgress, Model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, load_golden

PROMPT = load_golden(SPECS[0]).prompt_ids[:9]
W4A8 = Scheme.parse("W4A8")


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


def check_progress(steps: list[LoadProgress]) -> None:
    done = [step.done_bytes for step in steps]
    assert all(a < b for a, b in itertools.pairwise(done))
    assert {step.total_bytes for step in steps} == {done[-1]}
