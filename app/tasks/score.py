"""How far the open model strayed from a reference at every token of an answer, by teacher forcing.

Both models read the conversation and the answer's own tokens, and their distributions are compared place by
place. The open model is run again, not remembered: the logits of a 4,000-token answer would take 2.3 GiB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from app.context import fit_prompt
from app.messages import Question, TaskProgress
from app.token_trace import SCORE_ROW, Rows
from gpu.evaluate.divergence import Position, compare
from gpu.evaluate.teacher_forcing import answer_logits
from gpu.scheme import Scheme

if TYPE_CHECKING:
    from app.engine_desk import Desk

SCORE_TASK = "score"
_AT_ONCE = 32  # tokens a letter
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class ScoreWish:
    """Score answer `key` to `question` from token `start` on."""

    key: int
    question: Question
    answer_ids: tuple[int, ...]
    reference: str
    start: int = 0


@dataclass(frozen=True, eq=False)
class Scored:
    """Figures of the tokens from `start` on, SCORE_ROW [some], of `total` in the answer."""

    key: int
    scheme: str
    reference: str
    start: int
    total: int
    rows: Rows = field(repr=False)


def score_answer(desk: Desk, cancel: Cancel, wish: ScoreWish) -> None:
    """Post `Scored` as it goes; what was posted before a cancel need not be done again.

    Raises:
        BudgetError: the reference does not fit beside the open model.
        RequestError, TextError: the conversation cannot be put before this model.
        Cancelled: `cancel` said so.
    """
    opened = desk.opened
    model = opened.session.model
    reference = desk.companion(Scheme.parse(wish.reference), cancel).model
    prompt = fit_prompt(opened.files.codec, wish.question, model.context_tokens).ids
    start = 0 if "tensor" in (model.scheme.granularity, reference.scheme.granularity) else wish.start
    read, rest = [*prompt, *wish.answer_ids[:start]], wish.answer_ids[start:]
    streams = (answer_logits(each, read, rest, cancel) for each in (reference, model))
    ready: list[Position] = []
    for done, (theirs, ours, token) in enumerate(zip(*streams, rest, strict=True), start + 1):
        ready.append(compare(theirs, ours, token))
        if len(ready) == _AT_ONCE or done == len(wish.answer_ids):
            desk.post(_letter(wish, str(model.scheme), done, ready))
            desk.post(TaskProgress(SCORE_TASK, "Comparing", done, len(wish.answer_ids)))
            ready = []


def _letter(wish: ScoreWish, scheme: str, done: int, found: list[Position]) -> Scored:
    rows = np.array(
        [(p.kl_nats, p.same_top, p.reference_probability, p.scheme_probability) for p in found], SCORE_ROW
    )
    return Scored(wish.key, scheme, wish.reference, done - len(found), len(wish.answer_ids), rows)
