"""Where the tokens of an answer are drawn: on the device where it can, or here from logits that it computed.

The device goes on with a token that it drew before anybody read which: it is given as many passes as take
about `_STRETCH_S`, and what they chose is read together. Nothing of a pass too many at the end of an answer
stays: the cache holds what `Model.cached_ids` says.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from gpu.errors import Cancelled
from gpu.sampling import MOST_LIKELIEST, Sampler, Sampling, broken_output
from gpu.token_detail import ALTERNATIVES, TokenDetail, token_detail

if TYPE_CHECKING:
    from gpu.kernels.choose import Choice
    from gpu.model import Model
    from gpu.qwen3.chooser import Chosen
    from gpu.speculation import Steps

_STRETCH_S = 0.05  # the grain of a cancel, and of an answer as it appears
Cancel = Callable[[], bool]


class Drawn(Protocol):
    """A token, and on demand how the model saw it."""

    @property
    def token_id(self) -> int: ...
    def detail(self) -> TokenDetail: ...


class Drawing(Protocol):
    """Draws an answer token by token."""

    def next(self) -> Drawn: ...
    def feed(self, token: int) -> None: ...


def device_draws(sampling: Sampling) -> bool:
    """Whether the device can: it knows no penalties, and no more than the likeliest tokens."""
    is_plain = sampling.repetition_penalty == 1 and sampling.presence_penalty == 0
    return is_plain and (sampling.temperature == 0 or 1 <= sampling.top_k <= MOST_LIKELIEST)


@dataclass(frozen=True)
class HostDrawn:
    """Drawn from logits f32 [vocabulary] with a chance."""

    token_id: int
    chance: float
    logits: npt.NDArray[np.float32]

    def detail(self) -> TokenDetail:
        return token_detail(self.logits, self.token_id, self.chance)


class HostDrawing:
    """Reads the logits of every token; serves every kind of sampling, and guesses."""

    def __init__(self, steps: Steps, sampler: Sampler) -> None:
        self._steps, self._sampler = steps, sampler

    def next(self) -> Drawn:
        """The next token; waits for its logits. Raises RequestError."""
        logits = self._steps.logits()
        token = self._sampler.draw(logits)
        return HostDrawn(token, self._sampler.chance, logits)

    def feed(self, token: int) -> None:
        """Go on after it. Raises Cancelled."""
        self._steps.feed(token)


class DeviceDrawing:
    """Draws up to `most` tokens, none after one of `ends`. A seed draws what `Sampler` would.

    Probes count the tokens of passes, so a probed answer runs a pass at a time.
    """

    def __init__(
        self,
        model: Model,
        sampling: Sampling,
        most: int,
        ends: Collection[int] = (),
        cancel: Cancel = lambda: False,
        *,
        probed: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model, self._ends, self._cancel, self._clock = model, ends, cancel, clock
        self._probed, self._left = probed, most
        self._choice = choice_of(sampling, model.config.vocab_size)
        self._random = np.random.Generator(np.random.PCG64(sampling.seed))
        self._position = len(model.cached_ids)
        self._waiting: deque[Chosen] = deque()
        self._running, self._stretch, self._began_s = 1, 1, clock()
        model.chooser.choose(self._next_choice(slot=0))

    def next(self) -> Drawn:
        """The next token; where none was read yet, waits for those that run, and has the device go on.

        Raises:
            RequestError: the logits hold NaN or infinity, so the model is broken.
        """
        if not self._waiting:
            self._read()
        chosen = self._waiting.popleft()
        if not chosen.is_number:
            raise broken_output()
        return chosen

    def feed(self, token: int) -> None:
        """The device went on after it already. Raises Cancelled."""
        if self._cancel():
            raise Cancelled
        if self._probed:
            self._model.probes.count(1, len(self._model.cached_ids))
        self._model.cached_ids.append(token)

    def _read(self) -> None:
        found = self._model.chooser.read(self._running, self._choice.likeliest)
        self._left -= len(found)
        self._waiting.extend(found)
        each_s = (self._clock() - self._began_s) / len(found)
        self._stretch = next_stretch(self._stretch, each_s)
        is_over = any(not chosen.is_number or chosen.token_id in self._ends for chosen in found)
        if self._left > 0 and not is_over:
            self._run()

    def _run(self) -> None:
        """Submit passes, each with a token that the one before it chose."""
        self._running = 1 if self._probed else min(self._stretch, self._left, self._model.chooser.most)
        self._began_s = self._clock()
        for slot in range(self._running):
            self._model.run_chosen(self._position, self._next_choice(slot), probed=self._probed)
            self._position += 1

    def _next_choice(self, slot: int) -> Choice:
        return replace(self._choice, slot=slot, random=self._random.random())


def next_stretch(passes: int, each_s: float) -> int:
    """How many passes to give the device, if it had so many before and each took so long."""
    return max(1, min(2 * passes, int(_STRETCH_S / max(each_s, 1e-9))))


def choice_of(sampling: Sampling, vocabulary: int) -> Choice:
    """How each token is chosen; greedy is to draw from the likeliest alone."""
    from gpu.kernels.choose import Choice  # noqa: PLC0415 - what names a request need not load wgpu

    kept = 1 if sampling.temperature == 0 else min(sampling.top_k, vocabulary)
    return Choice(
        likeliest=min(max(kept, ALTERNATIVES), vocabulary),
        kept=kept,
        temperature=sampling.temperature or 1.0,
        top_p=sampling.top_p,
        min_p=sampling.min_p,
    )
