"""How far the open model strayed from a reference at the tokens of an answer, by teacher forcing.

Both models read the conversation and the answer's own tokens, and their distributions are compared place by
place. The open model is run again, not remembered: the logits of a 4,000-token answer would take 2.3 GiB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from app.context import fit_prompt
from app.messages import Question
from app.token_trace import SCORE_ROW, Rows
from gpu.evaluate.divergence import compare_rows
from gpu.evaluate.teacher_forcing import answer_logits
from gpu.scheme import Scheme

if TYPE_CHECKING:
    from app.engine_desk import Desk

AT_ONCE = 64  # tokens; other jobs wait no longer than these take
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class ScoreWish:
    """Score the next tokens of answer `key` to `question`, from `start` on."""

    key: int
    question: Question
    answer_ids: tuple[int, ...]
    reference: str
    start: int = 0


@dataclass(frozen=True, eq=False)
class Scored:
    """Figures of the tokens from `start` on, SCORE_ROW [some]."""

    key: int
    scheme: str
    reference: str
    start: int
    rows: Rows = field(repr=False)


def score_answer(desk: Desk, cancel: Cancel, wish: ScoreWish) -> None:
    """Post the scores of the next `AT_ONCE` tokens; of all where the answer must run as it was written.

    Raises:
        BudgetError: the reference does not fit beside the open model.
        RequestError, TextError: the conversation cannot be put before this model.
        Cancelled: `cancel` said so.
    """
    opened = desk.opened
    model = opened.session.model
    reference = desk.companion(Scheme.parse(wish.reference), cancel).model
    prompt = fit_prompt(opened.files.codec, wish.question, model.context_tokens).ids
    in_one = "tensor" in (model.scheme.granularity, reference.scheme.granularity)
    start, stop = (0, None) if in_one else (wish.start, wish.start + AT_ONCE)
    read, part = (*prompt, *wish.answer_ids[:start]), wish.answer_ids[start:stop]
    theirs, ours = (answer_logits(each, read, part, cancel) for each in (reference, model))
    rows = [
        (at.kl_nats, at.same_top, at.reference_probability, at.scheme_probability)
        for at in compare_rows(theirs, ours, part)
    ]
    desk.post(Scored(wish.key, str(model.scheme), wish.reference, start, np.array(rows, SCORE_ROW)))
