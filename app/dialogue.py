"""The open conversation and what a person does to it. Every change is recorded; nothing is overwritten.

An edit, another answer and a continuation by other tokens are branches beside what was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.attachments import Attachment
from app.conversations import Archive, Conversation, Message, Tree
from app.conversations.records import title_of
from gpu.sampling import Sampling


@dataclass(frozen=True)
class Origin:
    """What an answer comes from."""

    model: str = ""
    scheme: str = ""
    sampling: Sampling | None = None
    thinking: bool | None = None


class Dialogue:
    """A conversation, its tree, and the branch on show. It is listed once something was said in it."""

    def __init__(self, archive: Archive, conversation: Conversation, tree: Tree | None = None) -> None:
        self._archive = archive
        self.conversation = conversation
        self.tree = tree or Tree()
        if conversation.leaf not in self.tree:
            self.conversation = replace(conversation, leaf=self.tree.newest_leaf())

    @classmethod
    def open(cls, archive: Archive, key: int) -> Dialogue:
        """Raises StoreError if its messages cannot be read."""
        return cls(archive, archive.conversation(key), archive.messages(key))

    @property
    def path(self) -> tuple[Message, ...]:
        """The branch on show, from the beginning."""
        return self.tree.path(self.conversation.leaf)

    def questions(self) -> tuple[str, ...]:
        """What the person asked on this branch, oldest first."""
        return tuple(message.text for message in self.path if message.role == "user")

    def change(self, **fields: Any) -> None:
        """Replace fields of the conversation."""
        self.conversation = replace(self.conversation, **fields)
        if len(self.tree):
            self._archive.put(self.conversation)

    def refresh(self) -> None:
        """Take over what the list changed: the title and the pin."""
        if len(self.tree):
            listed = self._archive.conversation(self.conversation.id)
            self.conversation = replace(self.conversation, title=listed.title, pinned=listed.pinned)

    def ask(self, text: str, origin: Origin, attachments: Sequence[Attachment] = ()) -> int:
        """Put a question at the end; the key of the answer that is to come."""
        if not self.conversation.title:
            self.conversation = replace(self.conversation, title=title_of(text))
        question = self._new("user", self.conversation.leaf, text=text, attachments=tuple(attachments))
        return self._await_answer(question.id, origin)

    def ask_instead(self, key: int, text: str, origin: Origin) -> int:
        """Another wording of a question, beside it; the key of the answer that is to come."""
        old = self.tree[key]
        question = self._new("user", self.tree.parent_of(key), text=text, attachments=old.attachments)
        return self._await_answer(question.id, origin)

    def rewrite(self, key: int, text: str) -> int:
        """An answer in the person's own words, beside the old one."""
        old = self.tree[key]
        written = replace(old, text=text, state="done", error="", note="edited")
        return self._show(self._add(written, self.tree.parent_of(key)))

    def answer_again(self, key: int, origin: Origin) -> int:
        """Another answer beside one, or to a question; its key."""
        is_question = self.tree[key].role == "user"
        return self._await_answer(key if is_question else self.tree.parent_of(key), origin)

    def resume(self, key: int) -> None:
        """An answer that ended is being written again."""
        self.update(replace(self.tree[key], state="streaming", error="", note=""))
        self._show(self.tree[key])

    def update(self, message: Message) -> None:
        """What became of a message. One that was deleted meanwhile stays deleted."""
        if message.id in self.tree:
            self.tree.put(message)
            self._archive.put(message, at_once=message.state != "streaming")

    def delete(self, key: int) -> tuple[Message, ...]:
        """Take a message and what follows from it out; a neighbour or what came before is shown then."""
        if self.conversation.leaf in self.tree.below(key):
            beside = [other for other in self.tree.siblings(key) if other != key]
            leaf = self.tree.newest_leaf(beside[-1]) if beside else self.tree.parent_of(key)
            self.conversation = replace(self.conversation, leaf=leaf)
        taken = self.tree.remove(key)
        now_ms = self._archive.clock.now_ms()
        for message in taken:
            self._archive.put(replace(message, deleted_ms=now_ms))
        self._archive.put(self.conversation)
        return taken

    def restore(self, taken: Sequence[Message], *, show: bool = True) -> None:
        """Put back what `delete` took; where `show` is False the branch on show stays."""
        for message in taken:
            self.tree.put(message)
            self._archive.put(message)
        if show:
            self.show(taken[0].id)

    def show(self, key: int) -> None:
        """Show the newest branch through a message."""
        self.change(leaf=self.tree.newest_leaf(key))

    def reveal(self, key: int) -> None:
        """Show a branch through a message: the one on show if it is on it."""
        if self.conversation.leaf not in self.tree.below(key):
            self.show(key)

    def step(self, key: int, step: int) -> None:
        """Show the sibling so many places on, or stay at the end of the row."""
        beside = self.tree.siblings(key)
        place = beside.index(key) + step
        if 0 <= place < len(beside):
            self.show(beside[place])

    def fork(self, key: int) -> Conversation:
        """The branch up to a message as a conversation of its own. Raises StoreError."""
        title = f"{self.conversation.title} (fork)"
        return self._archive.copy(replace(self.conversation, title=title, leaf=key), self.tree.path(key))

    def _await_answer(self, question: int | None, origin: Origin) -> int:
        answer = self._new(
            "assistant",
            question,
            state="streaming",
            model=origin.model,
            scheme=origin.scheme,
            sampling=origin.sampling,
            thinking=origin.thinking,
        )
        self.conversation = replace(self.conversation, model=origin.model, scheme=origin.scheme)
        key = self._show(answer)
        self._archive.settle()  # what was asked outlives whatever happens to the answer
        return key

    def _show(self, message: Message) -> int:
        self.change(leaf=self.tree.newest_leaf(message.id), changed_ms=message.created_ms)
        return message.id

    def _new(self, role: str, parent: int | None, **fields: Any) -> Message:
        return self._add(Message(0, self.conversation.id, parent, role, **fields), parent)  # type: ignore[arg-type]

    def _add(self, message: Message, parent: int | None) -> Message:
        """The conversation is recorded with its first message: the database knows no message without one."""
        key = self._archive.fresh_id("message")
        added = replace(message, id=key, parent=parent, created_ms=self._archive.clock.now_ms())
        self._archive.put(self.conversation)
        self.tree.put(added)
        self._archive.put(added)
        return added
