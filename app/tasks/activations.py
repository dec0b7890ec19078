"""What one token of an answer did to every channel: the conversation read again, the probes on it alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.context import fit_prompt
from app.messages import Question

if TYPE_CHECKING:
    from app.engine_desk import Desk
    from gpu.probes.captured import Capture

Cancel = Callable[[], bool]


@dataclass(frozen=True)
class TokenWish:
    """Read token `index` of an answer to `question`; `label` names it to the person."""

    question: Question
    answer_ids: tuple[int, ...]
    index: int
    label: str


@dataclass(frozen=True, eq=False)
class TokenRead:
    """The probes now hold the activations of this one token, at `position` of the context, as it was read;
    `capture` has them of every site.
    """

    label: str
    position: int
    capture: Capture = field(repr=False)


def read_token(desk: Desk, cancel: Cancel, wish: TokenWish) -> None:
    """Feed the conversation up to the token, and the token itself with the probes on.

    Raises:
        RequestError, TextError: the conversation cannot be put before this model.
        Cancelled: `cancel` said so; the cache is valid and the probes hold nothing.
    """
    opened = desk.opened
    model = opened.session.model
    prompt = fit_prompt(opened.files.codec, wish.question, model.context_tokens).ids
    ids = [*prompt, *wish.answer_ids[: wish.index + 1]]
    last = len(ids) - 1
    model.resume(ids)
    model.probes.reset()
    for part, probed in ((ids[len(model.cached_ids) : last], False), (ids[last:], True)):
        for _ in model.feed(part, cancel, probed=probed):
            pass
    desk.post(TokenRead(wish.label, last, _captured(desk, ids)))


def _captured(desk: Desk, ids: list[int]) -> Capture:
    """What the probes hold of the last token, the only one they saw, at every site."""
    from app.captures import origin_of, token_texts  # noqa: PLC0415 - the window starts without wgpu
    from gpu.probes.captured import Capture, Prompt  # noqa: PLC0415

    files, model = desk.opened.files, desk.opened.session.model
    probes = model.probes
    return Capture(
        origin_of(files, model.scheme),
        probes.thresholds,
        (Prompt("token", (ids[-1],), before=tuple(ids[:-1])),),
        {site: probes.statistics(site, 1 - len(ids)) for site in model.sites},
        {site: probes.read(site).newest[None] for site in model.sites},
        pieces=token_texts(files, ids[-1:]),
    )
