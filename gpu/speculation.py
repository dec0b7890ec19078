"""Speculation: guess the next tokens from earlier text (gpu/prompt_lookup.py), and check them in one pass.

Each row of logits of that pass is drawn from as if its tokens had been fed one by one, and the guesses hold
as long as what is drawn is what was guessed. So every answer is the one it would have been, greedy or
sampled: where a guess is one token for certain, accepting it with its probability and drawing another
otherwise (Leviathan et al. 2022, arXiv 2211.17192) is drawing and comparing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gpu.errors import Cancelled
from gpu.prompt_lookup import Chances, PromptLookup

if TYPE_CHECKING:
    from gpu.model import Model

WIDTHS = (1, 2, 4, 8)  # tokens of a pass, the one that was drawn and guesses, which kernels are made for
_TIMED_PASSES = 31
_LEAST_GAIN = 1.1  # for which guesses are made: they keep the device from going ahead
Cancel = Callable[[], bool]
Clock = Callable[[], float]
F32 = npt.NDArray[np.float32]


class PassTimes:
    """Seconds of a pass by its width: the middle of the newest ones, for a busy moment doubles some."""

    def __init__(self) -> None:
        self._newest: dict[int, deque[float]] = {width: deque(maxlen=_TIMED_PASSES) for width in WIDTHS}
        self._typical: dict[int, float] = {}

    def took(self, width: int, seconds: float) -> None:
        self._newest[width].append(seconds)
        self._typical[width] = median_low(self._newest[width])

    def best_width(self, expected_tokens: Sequence[float]) -> int:
        """That of the most tokens a second, where a pass with n guesses is expected to bring the nth.

        One token until that was timed; a wider pass is taken for a cheap one until then, so that it is tried.
        """
        if 1 not in self._typical:
            return 1
        rates = {
            width: expected_tokens[width - 1] / self._seconds(width)
            for width in WIDTHS
            if width <= len(expected_tokens)
        }
        best = max(rates, key=lambda width: rates[width])
        return best if rates[best] > _LEAST_GAIN * rates[1] else 1

    def _seconds(self, width: int) -> float:
        cheap = self._typical[1] * (1 + (width - 1) / WIDTHS[-1])
        return self._typical.get(width, cheap)


class Guesser:
    """Guesses tokens after a context, as many as bring the most a second, and checks them."""

    def __init__(
        self, model: Model, ids: Sequence[int], cancel: Cancel, clock: Clock = time.perf_counter
    ) -> None:
        self._model, self._cancel, self._clock = model, cancel, clock
        self._lookup = PromptLookup(ids, model.context_tokens + 1)
        self._chances = Chances()
        self._warm: set[int] = set()  # widths that ran before: drivers finish compiling in a first pass
        self.times = PassTimes()

    def saw(self, token: int) -> None:
        """The next token was drawn; each tells whether it would have been guessed."""
        if self._lookup.matched:
            self._chances.saw(self._lookup.matched, self._lookup.guess(1) == (token,))
        self._lookup.extend(token)

    def guesses(self) -> tuple[int, ...]:
        """To be checked after the newest token; none until the kernels of that many are compiled."""
        if not self._lookup.matched:
            return ()
        room = self._model.context_tokens - len(self._model.cached_ids) - 1
        most = min(room, WIDTHS[-1] - 1)
        width = self.times.best_width(self._chances.expected_tokens(self._lookup.matched, most))
        return self._lookup.guess(width - 1) if width > 1 and self._is_compiled(width) else ()

    def check(self, token: int, guesses: tuple[int, ...]) -> F32:
        """Feed the newest token: logits f32 [1 + guesses, vocabulary] after it and each of them."""
        began_s, width = self._clock(), 1 + len(guesses)
        rows = self._model.verify((token, *guesses), self._cancel)
        if width in self._warm:
            self.times.took(width, self._clock() - began_s)
        self._warm.add(width)
        return rows

    def _is_compiled(self, width: int) -> bool:
        """Threads begin with it at the first question."""
        return width in self._warm or all(op.is_compiled for op in self._model.guess_ops(width))


def can_guess(model: Model, probed: bool) -> bool:
    """Not where probes count the tokens of a pass, or one scale serves all of them."""
    return not probed and model.scheme.granularity != "tensor"


@dataclass
class _Check:
    """A pass of a token and guesses after it: logits f32 [1 + guesses, vocabulary]; so far `held` of them."""

    guesses: tuple[int, ...]
    rows: F32
    held: int = 0

    def confirms(self, token: int) -> bool:
        return self.held < len(self.guesses) and self.guesses[self.held] == token


class Steps:
    """Feeds an answer to a model token by token and has its logits; `looks_up` makes it guess if it can."""

    def __init__(
        self,
        model: Model,
        ids: Sequence[int],
        cancel: Cancel = lambda: False,
        *,
        probed: bool = False,
        looks_up: bool = False,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._model, self._cancel, self._probed, self._clock = model, cancel, probed, clock
        guesses = looks_up and can_guess(model, probed)
        self._guesser = Guesser(model, ids, cancel, clock) if guesses else None
        self._check: _Check | None = None
        self._began_s: float | None = None  # when the newest token was fed by itself

    def logits(self) -> F32:
        """After the newest token, f32 [vocabulary]; waits for them."""
        if self._check is not None:
            row: F32 = self._check.rows[self._check.held]
            return row
        logits = self._model.last_logits()
        if self._began_s is not None and self._guesser is not None:
            self._guesser.times.took(1, self._clock() - self._began_s)
        return logits

    def feed(self, token: int) -> None:
        """Go on with the token that was drawn. Raises Cancelled."""
        if self._guesser is None:
            self._step(token)
            return
        self._guesser.saw(token)
        if self._check is not None and self._check.confirms(token):
            if self._cancel():
                raise Cancelled
            self._check.held += 1
            self._model.cached_ids.append(token)
            return
        guesses = self._guesser.guesses()
        self._check = _Check(guesses, self._guesser.check(token, guesses)) if guesses else None
        if self._check is None:
            self._step(token)

    def _step(self, token: int) -> None:
        self._began_s = self._clock()
        for _ in self._model.feed((token,), self._cancel, probed=self._probed):
            pass
