"""Prompt lookup: guess the next tokens from what followed the newest ones before, and check them in one pass.

Each row of logits of that pass is drawn from as if its tokens had been fed one by one, and the guesses hold
as long as what is drawn is what was guessed. So every answer is the one it would have been, greedy or
sampled: where a guess is one token for certain, accepting it with its probability and drawing another
otherwise (Leviathan et al. 2022, arXiv 2211.17192) is drawing and comparing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gpu.errors import Cancelled

if TYPE_CHECKING:
    from gpu.model import Model

CHECKED_TOKENS = 8  # most in a pass: one that was drawn and guesses
_GRAM_TOKENS = 4
_FIRST_PAUSE_TOKENS = 16
_LONGEST_PAUSE_TOKENS = 512
_NEWEST_SHARE = 0.3  # of a running mean
Cancel = Callable[[], bool]
F32 = npt.NDArray[np.float32]


class PromptLookup:
    """Where each four tokens in a row stood last, with something after them."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        for token in ids:
            self.extend(token)

    def extend(self, token: int) -> None:
        if len(self._ids) >= _GRAM_TOKENS:
            self._after[self._newest()] = len(self._ids)
        self._ids.append(token)

    def guess(self, most: int) -> tuple[int, ...]:
        """Up to `most` tokens that followed the newest ones when they came before; none if they did not."""
        start = self._after.get(self._newest())
        return () if start is None else tuple(self._ids[start : start + max(0, most)])

    def _newest(self) -> tuple[int, ...]:
        return tuple(self._ids[-_GRAM_TOKENS:])


class BackOff:
    """Guesses go on while they save time; when they cost some they pause, and longer every time."""

    def __init__(self) -> None:
        self._step_s = self._check_s = self._saved_s = 0.0
        self._pause, self._next_pause = 0, _FIRST_PAUSE_TOKENS

    def allows(self, guessed: int) -> bool:
        """Whether a pass with so many guessed tokens may pay: it would if they all held."""
        return self._step_s > 0 and self._pause == 0 and (1 + guessed) * self._step_s > self._check_s

    def stepped(self, seconds: float) -> None:
        """A token was fed by itself."""
        self._step_s = _running(self._step_s, seconds)
        self._pause = max(0, self._pause - 1)

    def checked(self, tokens: int, seconds: float) -> None:
        """A pass of guesses brought so many tokens."""
        self._check_s = _running(self._check_s, seconds)
        self._saved_s = _running(self._saved_s, tokens * self._step_s - seconds)
        if self._saved_s >= 0:
            self._next_pause = _FIRST_PAUSE_TOKENS
            return
        self._saved_s, self._pause = 0.0, self._next_pause
        self._next_pause = min(2 * self._next_pause, _LONGEST_PAUSE_TOKENS)


@dataclass
class _Check:
    """A pass of a token and guesses after it: logits f32 [1 + guesses, vocabulary]; so far `held` of them.

    `seconds` is None where kernels may have been compiled, which says nothing of the passes to come.
    """

    guesses: tuple[int, ...]
    rows: F32
    seconds: float | None
    held: int = 0

    def confirms(self, token: int) -> bool:
        return self.held < len(self.guesses) and self.guesses[self.held] == token


class Steps:
    """Feeds an answer to a model token by token and has its logits; `looks_up` makes it guess.

    It does not where probes count the tokens of a pass, or one scale serves all of them.
    """

    def __init__(
        self,
        model: Model,
        ids: Sequence[int],
        cancel: Cancel = lambda: False,
        *,
        probed: bool = False,
        looks_up: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model, self._cancel, self._probed, self._clock = model, cancel, probed, clock
        guesses = looks_up and not probed and model.scheme.granularity != "tensor"
        self._lookup = PromptLookup(ids) if guesses else None
        self._back_off = BackOff()
        self._check: _Check | None = None
        self._compiled: set[int] = set()  # for how many guesses
        self._began_s: float | None = None  # when the newest token was fed by itself

    def logits(self) -> F32:
        """After the newest token, f32 [vocabulary]; waits for them."""
        if self._check is not None:
            row: F32 = self._check.rows[self._check.held]
            return row
        logits = self._model.last_logits()
        if self._began_s is not None:
            self._back_off.stepped(self._clock() - self._began_s)
        return logits

    def feed(self, token: int) -> None:
        """Go on with the token that was drawn. Raises Cancelled."""
        if self._lookup is None:
            self._step(token)
            return
        self._lookup.extend(token)
        if self._check is not None and self._check.confirms(token):
            if self._cancel():
                raise Cancelled
            self._check.held += 1
            self._model.cached_ids.append(token)
            return
        if self._check is not None and self._check.seconds is not None:
            self._back_off.checked(1 + self._check.held, self._check.seconds)
        guesses = self._guesses(self._lookup)
        self._check = self._try(token, guesses) if guesses else None
        if self._check is None:
            self._step(token)

    def _guesses(self, lookup: PromptLookup) -> tuple[int, ...]:
        room = self._model.context_tokens - len(self._model.cached_ids) - 1
        guesses = lookup.guess(min(room, CHECKED_TOKENS - 1))
        return guesses if self._back_off.allows(len(guesses)) else ()

    def _try(self, token: int, guesses: tuple[int, ...]) -> _Check:
        began_s = self._clock()
        rows = self._model.verify((token, *guesses), self._cancel)
        seconds = self._clock() - began_s if len(guesses) in self._compiled else None
        self._compiled.add(len(guesses))
        return _Check(guesses, rows, seconds)

    def _step(self, token: int) -> None:
        self._began_s = self._clock()
        for _ in self._model.feed((token,), self._cancel, probed=self._probed):
            pass


def _running(mean: float, newest: float) -> float:
    return mean + _NEWEST_SHARE * (newest - mean) if mean else newest
