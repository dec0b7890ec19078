"""The distributions that an answer's tokens were drawn from, computed again from the tokens themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # see gpu.generate
    from gpu.model import Model

F32 = npt.NDArray[np.float32]
Cancel = Callable[[], bool]


def answer_logits(
    model: Model, prompt_ids: Sequence[int], answer_ids: Sequence[int], cancel: Cancel = lambda: False
) -> Iterator[F32]:
    """Logits f32 [vocabulary] before every token of the answer.

    Many positions run in one pass, as a prompt does, which agrees with one token at a time to within
    rounding. Not so where one scale serves all activations of a pass (`@tensor`): there the prompt runs at
    once and the answer token by token, as they did when it was written.

    Raises:
        RequestError: prompt and answer do not fit the context.
        Cancelled: `cancel` said so; the cache is valid.
    """
    rows = _as_written if model.scheme.granularity == "tensor" else _in_passes
    return rows(model, list(prompt_ids), list(answer_ids), cancel)


def _in_passes(model: Model, prompt: list[int], answer: list[int], cancel: Cancel) -> Iterator[F32]:
    """What the cache holds of the prompt is kept."""
    ids = [*prompt, *answer[:-1]]
    last = len(prompt) - 1
    model.resume(prompt)
    _feed(model, ids[len(model.cached_ids) : last], cancel)
    for rows in model.all_logits(ids[last:], cancel):
        yield from rows


def _as_written(model: Model, prompt: list[int], answer: list[int], cancel: Cancel) -> Iterator[F32]:
    model.rewind(0)
    for part in (prompt, *([token] for token in answer[:-1])):
        _feed(model, part, cancel)
        yield model.last_logits()


def _feed(model: Model, ids: Sequence[int], cancel: Cancel) -> None:
    for _ in model.feed(ids, cancel):
        pass
