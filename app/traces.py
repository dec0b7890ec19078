"""The tokens of answers: read when somebody looks at them, packed where nobody waits for it."""

from __future__ import annotations

from app.conversations import Archive
from app.conversations.records import StoreError
from app.token_trace import TokenTrace, TraceBuilder
from app.trace_codec import trace_from_bytes, trace_to_bytes

_MOST_HELD = 64
_NO_TOKENS = bytes


class Traces:
    """By the key of their answer. The ones used last stay unpacked."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._held: dict[int, TokenTrace] = {}
        self._known: set[int] = set()

    @property
    def known(self) -> set[int]:
        """The answers of the conversation on show whose tokens are kept."""
        return self._known

    def look_at(self, conversation: int) -> None:
        """Another conversation is on show; where the database cannot be read its answers have no tokens."""
        try:
            self._known = set(self._archive.store.traced(conversation))
        except StoreError:
            self._known = set()
        for key, pack in self._archive.recorder.pending_traces().items():
            (self._known.discard if pack is _NO_TOKENS else self._known.add)(key)

    def get(self, key: int) -> TokenTrace | None:
        """Raises StoreError or TraceError if what is kept cannot be read."""
        if key in self._held:
            return self._hold(key, self._held.pop(key))
        if key not in self._known:
            return None
        waiting = self._archive.recorder.pending_traces().get(key)
        data = waiting() if waiting is not None else self._archive.store.trace(key)
        return self._hold(key, trace_from_bytes(data)) if data else None

    def put(self, key: int, trace: TokenTrace) -> None:
        self._hold(key, trace)
        self._known.add(key)
        self._archive.recorder.put_trace(key, lambda: trace_to_bytes(trace))

    def collect(self, key: int, builder: TraceBuilder) -> None:
        """Keep what was collected of an answer that ended."""
        self._held.pop(key, None)
        self._known.add(key)
        self._archive.recorder.put_trace(key, lambda: trace_to_bytes(builder.trace()))

    def drop(self, key: int) -> None:
        """The tokens kept are no longer those of the answer."""
        if key in self._known:
            self._held.pop(key, None)
            self._known.discard(key)
            self._archive.recorder.put_trace(key, _NO_TOKENS)

    def _hold(self, key: int, trace: TokenTrace) -> TokenTrace:
        self._held[key] = trace
        while len(self._held) > _MOST_HELD:
            del self._held[next(iter(self._held))]
        return trace
