"""How one thread tells another: letters in order, and a latest-value slot for what comes too densely."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from app.messages import Loading, MemoryUse, TaskProgress
from gpu.events import ChannelStats, Timing

Post = Callable[[object], None]
DENSE = (ChannelStats, Timing, Loading, MemoryUse, TaskProgress)
Dense = TypeVar("Dense", ChannelStats, Timing, Loading, MemoryUse, TaskProgress)


class Mailbox:
    """`post` may be called from one thread, the rest from another; `wake` is called after each letter.

    Of the dense kinds only the newest waits. Each operation on the deque and the dict is atomic in CPython.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._letters: deque[object] = deque()
        self._latest: dict[type, Any] = {}

    def post(self, letter: object) -> None:
        if isinstance(letter, DENSE):
            self._latest[type(letter)] = letter
        else:
            self._letters.append(letter)
            self._wake()

    def collect(self) -> Iterator[object]:
        """The letters that have come by now, oldest first; later ones wake the reader again."""
        for _ in range(len(self._letters)):
            yield self._letters.popleft()

    def take(self, kind: type[Dense]) -> Dense | None:
        """The newest of a dense kind, once."""
        found: Dense | None = self._latest.pop(kind, None)
        return found
