"""An engine that says what a test tells it to, through the same letters as the real one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from app.engine_desk import Desk
from app.mailbox import Post
from app.messages import Adapters, Loading, MemoryUse, ModelFacts, ModelWish, Question, Wrote
from gpu.device import AdapterInfo
from gpu.events import ChannelStats, Finished, PromptProgress, Timing, Token
from gpu.sampling import Sampling

Cancel = Callable[[], bool]
GIB = 2**30
ADAPTER = AdapterInfo("Fake 4090 (driver 1.2)", "Fake", "Vulkan", "discrete", "1.2", 24 * GIB, "NVML")
SECOND = AdapterInfo("Fake iGPU", "Fake", "Vulkan", "integrated", "1.2", None, "unknown")
SITES = (
    "layers.0.self_attn.qkv_proj",
    "layers.0.mlp.gate_up_proj",
    "layers.0",
    "layers.1.mlp.gate_up_proj",
    "lm_head",
)
PLANTED = 3


@dataclass
class Script:
    """What the fake engine does; tests change it and read `asked` and `opened` back."""

    reply: tuple[str, ...] = ("Because ", "of ", "outliers.")
    hold: threading.Event | None = None
    open_hold: threading.Event | None = None
    open_error: Exception | None = None
    answer_error: Exception | None = None
    asked: list[Question] = field(default_factory=list)
    opened: list[ModelWish] = field(default_factory=list)
    prepared: bool = False
    closed: bool = False
    thread: str = ""


def facts_for(wish: ModelWish, **changes: object) -> ModelFacts:
    defaults = {
        "scheme": wish.scheme,
        "context_tokens": 64,
        "longest_context_tokens": 64,
        "adapter": ADAPTER,
        "sites": SITES,
        "sampling": Sampling(temperature=0.6),
        "supports_thinking": True,
    }
    return ModelFacts(wish, **{**defaults, **changes})  # type: ignore[arg-type]


def stats_at(site: str, run_id: int = 1, tokens: int = 4, channels: int = 64) -> ChannelStats:
    """Channels of magnitude one or two, and one planted at `PLANTED` 50 times as large."""
    values = np.linspace(1, 2, channels, dtype=np.float32)
    values[PLANTED] = 50
    signs = np.where(np.arange(channels) % 2, -1, 1).astype(np.float32)
    return ChannelStats(run_id, site, tokens, values, values / 2, values / np.float32(1.5), values * signs)


class FakeEngine:
    """Obeys its script on whatever thread drives it."""

    def __init__(self, post: Post, script: Script) -> None:
        self._post, self._script = post, script
        self._script.thread = threading.current_thread().name

    def survey(self) -> None:
        self._post(Adapters((ADAPTER, SECOND)))

    def open(self, wish: ModelWish, cancel: Cancel) -> None:
        self._script.opened.append(wish)
        self._post(Loading("Quantizing weights", GIB, 2 * GIB))
        _wait(self._script.open_hold, cancel)
        if self._script.open_error is not None:
            raise self._script.open_error
        self._post(MemoryUse((("weights", GIB), ("scales", GIB // 8), ("norms", 0)), ADAPTER))
        self._post(facts_for(wish))

    def prepare(self, cancel: Cancel) -> None:
        self._script.prepared = not cancel()

    def answer(self, run_id: int, question: Question, cancel: Cancel) -> None:
        self._script.asked.append(question)
        if self._script.answer_error is not None:
            raise self._script.answer_error
        self._post(PromptProgress(run_id, 5, 5, 2))
        for count, word in enumerate(self._script.reply, 1):
            self._post(Wrote(run_id, "", word))
            self._post(Token(run_id, count, 5 + count))
            for site in question.probe.sites if question.probe is not None else ():
                self._post(stats_at(site, run_id, 5 + count))
        self._post(Timing(run_id, 2, 3, len(self._script.reply), 100.0, 30.0, 8, 64))
        _wait(self._script.hold, cancel)
        self._post(Finished(run_id, "cancelled" if cancel() else "stop"))

    def read(self, run_id: int, site: str) -> None:
        self._post(stats_at(site, run_id))

    def perform(self, task: Callable[[Desk, Cancel], None], cancel: Cancel) -> None:
        """There is no model: a test that needs one uses the real engine."""
        task(Desk(None, self._post), cancel)

    def close(self) -> None:
        self._script.closed = True


def _wait(event: threading.Event | None, cancel: Cancel) -> None:
    while event is not None and not event.wait(0.002) and not cancel():
        pass
