"""The captures at hand, by name: which is on show, and which it is compared with."""

from __future__ import annotations

from gpu.probes.captured import Capture


class Shelf:
    """The newest one is on show until another is chosen, compared with the one before it."""

    def __init__(self) -> None:
        self._captures: dict[str, Capture] = {}
        self._token = ""  # the one of a token opened in the chat
        self.shown = self._other = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._captures)

    @property
    def capture(self) -> Capture | None:
        """The one on show."""
        return self._captures.get(self.shown)

    @property
    def others(self) -> dict[str, Capture]:
        """All but the one on show."""
        return {name: capture for name, capture in self._captures.items() if name != self.shown}

    @property
    def other(self) -> str:
        """The name of the one it is compared with; "" if there is none."""
        return self._other if self._other in self.others else next(iter(self.others), "")

    @property
    def compared(self) -> Capture | None:
        return self._captures.get(self.other)

    def put(self, name: str, capture: Capture) -> None:
        """Show one under a name of its own."""
        unique, number = name, 2
        while unique in self._captures:
            unique, number = f"{name} ({number})", number + 1
        self._captures[unique] = capture
        self._other, self.shown = self.shown or self._other, unique

    def put_token(self, name: str, capture: Capture) -> None:
        """Show one of a single token in the place of the token before it."""
        if self._captures.pop(self._token, None) is not None and self.shown == self._token:
            self.shown = self._other
        self.put(name, capture)
        self._token = self.shown

    def drop(self) -> None:
        """Forget the one on show; the one it was compared with takes its place."""
        following = self.other
        self._captures.pop(self.shown, None)
        self.shown = following

    def compare_with(self, name: str) -> None:
        self._other = name
