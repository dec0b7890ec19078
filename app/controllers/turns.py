"""What can be done to the turns of a conversation: edit, answer again, go on, delete, branch, fork."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.conversations import Archive, Message
from app.dialogue import Dialogue
from app.questions import going_on
from app.token_trace import TokenTrace
from views.chat import ChatPanel


class TurnsController(QObject):
    """Acts on the conversation that is on show, while no answer is being written."""

    deleted = Signal(object)  # tuple of messages, for `restore`

    def __init__(self, panel: ChatPanel, chat: ChatController, archive: Archive) -> None:
        super().__init__(panel)
        self._chat, self._archive = chat, archive
        panel.edit_requested.connect(self.edit)
        panel.regenerate_requested.connect(self.regenerate)
        panel.continue_requested.connect(self.resume)
        panel.delete_requested.connect(self.delete)
        panel.sibling_requested.connect(self.step)
        panel.fork_requested.connect(self.fork)

    @Slot(int, str)
    def edit(self, key: int, text: str) -> None:
        """A question in other words is asked; an answer in other words stands beside the old one."""
        if not self._can_change(key) or not text.strip():
            return
        if self._dialogue.tree[key].role == "assistant":
            self._dialogue.rewrite(key, text)
            self._chat.show_branch()
        elif self._chat.state == "ready":
            self._chat.begin(self._dialogue.ask_instead(key, text, self._chat.origin))

    @Slot(int)
    def regenerate(self, key: int = 0) -> None:
        """Another answer beside one, or to a question; 0 is the last."""
        path = self._dialogue.path
        key = key or (path[-1].id if path else 0)
        if self._can_ask(key):
            self._chat.begin(self._dialogue.answer_again(key, self._chat.origin))

    @Slot(int)
    def resume(self, key: int) -> None:
        """Go on with an answer that was cut short: after its very tokens where they are kept."""
        question = self._chat.question(key)
        if question is None or not self._can_ask(key):
            return
        trace, origin = self._chat.trace(key), self._chat.origin
        question = going_on(question, self._dialogue.tree[key], trace, origin.model)
        self._dialogue.resume(key)
        self._chat.begin(key, question, trace if question.answer_ids else None)

    def branch(self, key: int, answer_ids: tuple[int, ...], start: TokenTrace) -> None:
        """Another answer beside one, beginning with tokens of which the last may be the person's choice."""
        if not self._can_ask(key):
            return
        answer = self._dialogue.answer_again(key, self._chat.origin)
        question = self._chat.question(answer)
        if question is not None:
            self._chat.begin(answer, replace(question, answer_ids=answer_ids), start)

    @Slot(int)
    def delete(self, key: int) -> None:
        """Take a message and what follows from it out."""
        if self._can_change(key):
            taken = self._dialogue.delete(key)
            self._chat.show_branch()
            self.deleted.emit(taken)

    def restore(self, taken: tuple[Message, ...]) -> None:
        """Put back what was deleted here, and show it unless an answer is being written."""
        if taken and taken[0].conversation == self._dialogue.conversation.id:
            self._dialogue.restore(taken, show=not self._chat.writes_here)
            self._chat.show_branch()

    @Slot(int, int)
    def step(self, key: int, step: int) -> None:
        """Show the sibling so many places on."""
        if self._can_change(key):
            self._dialogue.step(key, step)
            self._chat.show_branch()

    @Slot(int)
    def fork(self, key: int) -> None:
        """Go on with the branch up to a message in a conversation of its own."""
        if key in self._dialogue.tree:
            self._chat.open(Dialogue.open(self._archive, self._dialogue.fork(key).id))

    @property
    def _dialogue(self) -> Dialogue:
        return self._chat.dialogue

    def _can_change(self, key: int) -> bool:
        return key in self._dialogue.tree and self._chat.state not in ("answering", "stopping")

    def _can_ask(self, key: int) -> bool:
        return key in self._dialogue.tree and self._chat.state == "ready"
