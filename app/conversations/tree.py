"""The messages of one conversation as a tree: an edit and another answer are branches beside the old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.conversations.records import Message


class Tree:
    """Messages by id. Those without a parent, or whose parent is unknown, begin the conversation."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._messages: dict[int, Message] = {}
        self._children: dict[int | None, list[int]] = {}
        ordered = sorted(messages, key=lambda message: (message.created_ms, message.id))
        known = {message.id for message in ordered}
        for message in ordered:
            parent = message.parent if message.parent in known else None
            self._messages[message.id] = message
            self._children.setdefault(parent, []).append(message.id)
        self._parents = {child: parent for parent, ids in self._children.items() for child in ids}
        self._cut_cycles()

    def __len__(self) -> int:
        return len(self._messages)

    def __contains__(self, key: object) -> bool:
        return key in self._messages

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def __getitem__(self, key: int) -> Message:
        return self._messages[key]

    def put(self, message: Message) -> None:
        """Add a message below its parent, oldest first, or replace the one with its id where it is."""
        if message.id in self._messages:
            self._messages[message.id] = message
            return
        parent = message.parent if message.parent in self._messages else None
        self._messages[message.id] = message
        self._attach(message.id, parent)
        self._children[parent].sort(key=lambda key: (self._messages[key].created_ms, key))

    def remove(self, key: int) -> tuple[Message, ...]:
        """Take a message and everything that follows from it out; returns what was taken, parents first."""
        taken = tuple(self._messages[inside] for inside in self.below(key))
        self._children[self._parents[key]].remove(key)
        for message in taken:
            del self._messages[message.id], self._parents[message.id]
            self._children.pop(message.id, None)
        return taken

    def parent_of(self, key: int) -> int | None:
        return self._parents[key]

    def path(self, leaf: int | None) -> tuple[Message, ...]:
        """From the beginning to `leaf`."""
        steps: list[Message] = []
        while leaf is not None:
            steps.append(self._messages[leaf])
            leaf = self._parents[leaf]
        return tuple(reversed(steps))

    def siblings(self, key: int) -> tuple[int, ...]:
        """The message and what stands beside it, oldest first."""
        return tuple(self._children[self._parents[key]])

    def newest_leaf(self, key: int | None = None) -> int | None:
        """Where the newest branch below `key` ends: `key` itself if nothing follows it."""
        while children := self._children.get(key):
            key = children[-1]
        return key

    def below(self, key: int) -> tuple[int, ...]:
        """`key` and everything that follows from it, parents first."""
        found = [key]
        for inside in found:
            found.extend(self._children.get(inside, ()))
        return tuple(found)

    def _attach(self, key: int, parent: int | None) -> None:
        self._children.setdefault(parent, []).append(key)
        self._parents[key] = parent

    def _cut_cycles(self) -> None:
        """A damaged file may make messages each other's parents: the oldest becomes a beginning."""
        reached = {key for root in self._children.get(None, ()) for key in self.below(root)}
        for key in self._messages:
            if key not in reached:
                self._children[self._parents[key]].remove(key)
                self._attach(key, None)
                reached.update(self.below(key))
