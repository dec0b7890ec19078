"""Take channels out of the open model, and as many random ones, and see what that costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.messages import TaskProgress

if TYPE_CHECKING:
    from app.engine_desk import Desk
    from gpu.probes.knockout import Knockout

Cancel = Callable[[], bool]
KNOCKOUT = "knockout"
MOST_TOKENS = 1024
WINDOW_TOKENS = 256


@dataclass(frozen=True)
class KnockoutWish:
    """Which channels of which sites to take out, on which tokens, under how many seeds of random ones."""

    token_ids: tuple[int, ...]
    targets: dict[str, tuple[int, ...]] = field(hash=False)
    seeds: int


@dataclass(frozen=True)
class KnockedOut:
    """What was found."""

    result: Knockout


@dataclass(frozen=True)
class KnockoutFailed:
    """It did not work out, in one sentence; empty if it was cancelled."""

    sentence: str


def run_knockout(desk: Desk, cancel: Cancel, wish: KnockoutWish) -> None:
    """Score the first tokens of a captured text with and without the channels; the model is left as it was.

    Raises:
        RequestError: the text is too short, or a channel is none of this model's.
        Cancelled: `cancel` said so.
    """
    from gpu.probes.knockout import KnockoutRequest, knock_out  # noqa: PLC0415 - the window starts without

    opened = desk.opened
    model = opened.session.model
    ids = wish.token_ids[:MOST_TOKENS]
    window = max(2, min(WINDOW_TOKENS, model.context_tokens, len(ids)))
    request = KnockoutRequest(ids, window, wish.targets, tuple(range(wish.seeds)))
    runs = 3 + wish.seeds
    stages: list[str] = []

    def report(stage: str, done: int, total: int) -> None:
        if stage not in stages:
            stages.append(stage)
        desk.post(TaskProgress(KNOCKOUT, stage, (len(stages) - 1) * total + done, runs * total))

    desk.post(KnockedOut(knock_out(model, opened.files.checkpoint, request, report, cancel)))
