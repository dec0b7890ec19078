"""How fast this adapter moves and multiplies, and how fast the open model runs on it."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.adapter_speed import AdapterProgress, AdapterSpeed
from app.calculator.speeds import OwnSpeed
from app.engine_desk import Desk
from gpu.microbench import measure_rates
from gpu.model import Model

Cancel = Callable[[], bool]
Clock = Callable[[], float]
PROMPT_TOKENS = 64
NEW_TOKENS = 16
_ANY_TOKEN = 0  # what the tokens are makes no difference to how long they take


def measure_adapter(desk: Desk, cancel: Cancel) -> None:
    """Post an `AdapterSpeed`, and `AdapterProgress` on the way.

    Raises:
        RequestError: no model is open, so no adapter is.
        Cancelled: `cancel` said so.
    """
    opened = desk.opened
    model = opened.session.model
    rates = measure_rates(model.gpu, lambda done, total: desk.post(AdapterProgress(done, total)), cancel)
    own = own_speed(model, opened.wish.model, cancel)
    desk.post(AdapterSpeed(model.gpu.adapter, rates, own))


def own_speed(model: Model, name: str, cancel: Cancel, clock: Clock = time.perf_counter) -> OwnSpeed:
    """A prompt and some tokens after it, once to warm up and once timed; the cache is left empty."""
    prompt = min(PROMPT_TOKENS, model.context_tokens // 2)
    steps = min(NEW_TOKENS, model.context_tokens - prompt - 1)
    try:
        _feed(model, prompt, cancel)
        _feed(model, 1, cancel)
        model.rewind(0)
        started = clock()
        _feed(model, prompt, cancel)
        prompted = clock()
        for _ in range(steps):
            _feed(model, 1, cancel)
        ended = clock()
    finally:
        model.rewind(0)
        model.probes.reset()
    return OwnSpeed(
        model=name,
        scheme=str(model.scheme),
        context_tokens=prompt + steps // 2,
        decode_ms=(ended - prompted) / steps * 1000,
        prefill_ms_per_token=(prompted - started) / prompt * 1000,
    )


def _feed(model: Model, tokens: int, cancel: Cancel) -> None:
    for _ in model.feed((_ANY_TOKEN,) * tokens, cancel, probed=False):
        pass
    model.last_logits()
