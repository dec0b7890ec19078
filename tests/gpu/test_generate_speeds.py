"""The speeds a run reports, by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.events import Timing
from gpu.generate import Request, generate
from gpu.model import LoadOptions, Model
from gpu.sampling import Sampling
from gpu.scheme import Scheme

PROMPT = (3, 1, 4, 1, 5, 9)


def test_speeds_count_the_wait_for_the_device(
    model_gpu: Gpu, golden_checkpoint: Callable[[str], Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is submitted at once and done later: here only waiting for logits takes time, 2 s each."""
    checkpoint = golden_checkpoint("tied-pairs")
    model = Model.load(model_gpu, checkpoint, Scheme.parse("W4A8"), LoadOptions(context_tokens=64))
    clock, wait = SimpleNamespace(now_s=0.0), model.last_logits

    def wait_two_seconds() -> np.ndarray:
        clock.now_s += 2.0
        return wait()

    monkeypatch.setattr("gpu.generate.time", SimpleNamespace(perf_counter=lambda: clock.now_s))
    monkeypatch.setattr(model, "last_logits", wait_two_seconds)
    events = list(generate(model, Request(1, PROMPT, Sampling(temperature=0), max_new_tokens=5)))
    timing = next(event for event in reversed(events) if isinstance(event, Timing))
    assert timing.prefill_tokens_per_s == len(PROMPT) / 2
    assert timing.decode_tokens_per_s == 0.5
