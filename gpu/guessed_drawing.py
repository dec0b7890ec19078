"""Draws an answer with guesses: single tokens on the device, those of a pass of guesses here.

Both draw the same token with the same chance, so it makes no difference which of them did.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gpu.drawing import Drawn, HostDrawn, choice_of, next_stretch
from gpu.errors import Cancelled
from gpu.sampling import Sampler, Sampling, broken_output
from gpu.speculation import Guesser

if TYPE_CHECKING:
    from gpu.model import Model

Cancel = Callable[[], bool]


class GuessedDrawing:
    """Draws up to `most` tokens. The device goes ahead as long as it passes over nothing worth a guess."""

    def __init__(
        self,
        model: Model,
        sampling: Sampling,
        most: int,
        guesser: Guesser,
        sampler: Sampler,
        cancel: Cancel = lambda: False,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model, self._guesser, self._sampler = model, guesser, sampler
        self._cancel, self._clock, self._left = cancel, clock, most
        self._choice = choice_of(sampling, model.config.vocab_size)
        self._waiting: deque[Drawn] = deque()
        self._on_device = True  # whether the newest token was drawn there
        self._running, self._stretch = 1, 1
        self._began_s: float | None = None
        model.chooser.choose(replace(self._choice, slot=0, random=sampler.random.random()))

    def next(self) -> Drawn:
        """The next token; waits for the device if none was read yet. Raises RequestError."""
        if not self._waiting:
            self._read()
        return self._waiting.popleft()

    def feed(self, token: int) -> None:
        """Go on after it, unless what follows is known. Raises Cancelled."""
        if self._cancel():
            raise Cancelled
        self._guesser.saw(token)
        guesses = self._guesser.guesses()
        if guesses:
            self._stretch = 1
        if self._waiting:
            self._model.cached_ids.append(token)
        elif guesses:
            self._check(token, guesses)
        else:
            self._run(token)

    def _check(self, token: int, guesses: tuple[int, ...]) -> None:
        """Draw as long as the guesses are right, and the token after them."""
        for row, guess in zip(self._guesser.check(token, guesses), (*guesses, None), strict=True):
            drawn = self._sampler.draw(row)
            self._waiting.append(HostDrawn(drawn, self._sampler.chance, row))
            if drawn != guess:
                break
        self._left -= len(self._waiting)
        self._on_device = False

    def _run(self, token: int) -> None:
        """Submit passes, the first with this token, the others with those chosen before."""
        if not self._on_device:
            self._model.choose_after(token)
        self._running = min(self._stretch, self._left, self._model.chooser.most)
        self._began_s, first = self._clock(), len(self._model.cached_ids)
        for slot in range(self._running):
            choice = replace(self._choice, slot=slot, random=self._sampler.random.random())
            self._model.run_chosen(first + slot, choice)
        self._model.cached_ids.append(token)
        self._on_device = True

    def _read(self) -> None:
        found = self._model.chooser.read(self._running, self._choice.likeliest)
        if not all(chosen.is_number for chosen in found):
            raise broken_output()
        self._left -= len(found)
        self._waiting.extend(found)
        if self._began_s is not None:
            each_s = (self._clock() - self._began_s) / len(found)
            self._guesser.times.took(1, each_s)
            self._stretch = next_stretch(self._stretch, each_s)
