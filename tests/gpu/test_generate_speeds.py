"""The speeds a run reports, by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

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
    """Work is submitted at once and done later: here only waiting takes time, 2 s for the logits of a token
    or for what the device drew."""
    checkpoint = golden_checkpoint("tied-pairs")
    model = Model.load(model_gpu, checkpoint, Scheme.parse("W4A8"), LoadOptions(context_tokens=64))
    clock = SimpleNamespace(now_s=0.0)

    def taking_two_seconds(wait: Callable[..., object]) -> Callable[..., object]:
        def waiting(*args: object) -> object:
            clock.now_s += 2.0
            return wait(*args)

        return waiting

    monkeypatch.setattr("gpu.generate.time", SimpleNamespace(perf_counter=lambda: clock.now_s))
    monkeypatch.setattr(model, "last_logits", taking_two_seconds(model.last_logits))
    monkeypatch.setattr(model.chooser, "read", taking_two_seconds(model.chooser.read))
    monkeypatch.setattr("gpu.drawing._STRETCH_S", 0.0)  # a token at a time
    for sampling in (Sampling(temperature=0), Sampling(presence_penalty=1)):
        model.rewind(0)
        events = list(generate(model, Request(1, PROMPT, sampling, max_new_tokens=5)))
        timing = next(event for event in reversed(events) if isinstance(event, Timing))
        assert timing.prefill_tokens_per_s == len(PROMPT) / 2
        assert timing.decode_tokens_per_s == 0.5
