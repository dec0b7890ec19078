"""The layers of a prompt, run some at a time, so that a cancel need not wait for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from gpu.device import Gpu
from gpu.errors import Cancelled
from gpu.kit import Op, record

_STRETCH_S = 0.1  # what one may take: the grain of a cancel
Cancel = Callable[[], bool]


class Stretches:
    """Finds out how many layers that are; `held` is any buffer of theirs."""

    def __init__(self, gpu: Gpu, held: Any) -> None:
        self._gpu, self._held = gpu, held
        self._at_once = 1

    def run(self, layers: Sequence[Sequence[Op]], tokens: int, cancel: Cancel) -> None:
        """Run them all on a pass of so many tokens. Raises Cancelled between stretches."""
        start = 0
        while start < len(layers):
            check(cancel)
            stretch = layers[start : start + self._at_once]
            began = time.perf_counter()
            self._gpu.submit(record(self._gpu, [*chain.from_iterable(stretch)], tokens))
            self._gpu.read(self._held, 4)  # waits: a read back comes after all work before it
            each_s = (time.perf_counter() - began) / len(stretch)
            self._at_once = max(1, min(len(layers), int(_STRETCH_S / each_s)))
            start += len(stretch)


def check(cancel: Cancel) -> None:
    """Raise Cancelled if it is."""
    if cancel():
        raise Cancelled
