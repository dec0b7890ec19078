"""The list of conversations: open, rename, pin, delete and bring back, find, import and export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.exchange import ExchangeController, FileDialogs, Imported
from app.controllers.turns import TurnsController
from app.conversations import Archive, Message
from app.conversations.search import Hit
from app.dialogue import Dialogue
from app.presenters.conversations import Listing, conversations_frame, deleted_text
from gpu.errors import QuantscopeError
from views.conversations import ConversationsPanel

_T = TypeVar("_T")


@dataclass(frozen=True)
class _Deleted:
    """What can be brought back: a conversation, or messages of one."""

    title: str
    conversation: int
    messages: tuple[Message, ...] = ()


class ConversationsController(QObject):
    """Keeps the list in step with the archive. What cannot be done is told in a sentence."""

    told = Signal(str)
    opened = Signal(object)  # Conversation

    def __init__(
        self,
        panel: ConversationsPanel,
        chat: ChatController,
        turns: TurnsController,
        archive: Archive,
        dialogs: FileDialogs,
    ) -> None:
        super().__init__(panel)
        self._panel, self._chat, self._turns, self._archive = panel, chat, turns, archive
        self.exchange = ExchangeController(panel, archive, dialogs)
        self._query = ""
        self._found: Sequence[Hit] = ()
        self._deleted: list[_Deleted] = []
        self._connect()
        self.show()

    @Slot(int)
    def open(self, key: int) -> None:
        """Show a conversation, at the message that was looked for; the one on show stays where it is."""
        if key == self._current:
            self._chat.show_branch()
        else:
            dialogue = self._try(lambda: Dialogue.open(self._archive, key))
            if dialogue is None:
                return
            self._chat.open(dialogue)
            self.opened.emit(self._archive.conversation(key))
        found = next((hit.place for hit in self._found if hit.conversation == key), None)
        if found is not None:
            self._chat.reveal(found)

    @Slot(int, str)
    def rename(self, key: int, title: str) -> None:
        self._archive.rename(key, title)
        self._refresh(key)

    @Slot(int)
    def toggle_pin(self, key: int) -> None:
        self._archive.pin(key, not self._archive.conversation(key).pinned)
        self._refresh(key)

    @Slot(int)
    def delete(self, key: int) -> None:
        """Off the list at once; the one on show gives way to an empty one."""
        title = self._archive.conversation(key).title
        self._archive.delete(key)
        self._deleted.append(_Deleted(deleted_text(title), key))
        if key == self._current:
            self._chat.new_chat(focus=False)  # where the keyboard is, Ctrl+Z brings it back
        self.show()

    @Slot()
    def undo(self) -> None:
        """Bring back what was deleted last; it can be tried again where its conversation cannot be read."""
        if not self._deleted:
            return
        last = self._deleted[-1]
        if not last.messages:
            self._archive.restore(last.conversation)
        self.open(last.conversation)
        if self._current == last.conversation:
            self._deleted.pop()
            self._turns.restore(last.messages)
        self.show()

    @Slot(str)
    def search(self, query: str) -> None:
        self._query = query
        self.show()

    @Slot()
    def show(self) -> None:
        """Draw the list."""
        hits = self._hits()
        self._found = hits or ()
        listing = Listing(
            conversations=self._archive.conversations(),
            current=self._current,
            running=self._current if self._is_answering else 0,
            query=self._query,
            hits=hits,
            undo=self._deleted[-1].title if self._deleted else "",
            work=self.exchange.work,
        )
        self._panel.set_frame(conversations_frame(listing, datetime.now()))

    @property
    def _current(self) -> int:
        return self._chat.dialogue.conversation.id

    @property
    def _is_answering(self) -> bool:
        return self._chat.state in ("answering", "stopping")

    def _hits(self) -> Sequence[Hit] | None:
        if not self._query.strip():
            return None
        return self._try(lambda: self._archive.search(self._query)) or ()

    @Slot(object)
    def _take_in(self, imported: Imported) -> None:
        """List what was imported, and show the last of it unless the person has gone on meanwhile."""
        self._archive.adopt(imported.conversations)
        untouched = imported.shown == self._chat.dialogue.conversation and not self._is_answering
        if imported.conversations and untouched:
            self.open(imported.conversations[-1].id)
        self.show()

    def _refresh(self, key: int) -> None:
        if key == self._current:
            self._chat.dialogue.refresh()
        self.show()

    @Slot(object)
    def _keep_deleted(self, taken: tuple[Message, ...]) -> None:
        if taken:
            count = f"{len(taken)} messages" if len(taken) > 1 else "1 message"
            self._deleted.append(_Deleted(f"Deleted {count}", taken[0].conversation, taken))
        self.show()

    def _try(self, act: Callable[[], _T]) -> _T | None:
        """What `act` gives, or None once a sentence has said why it cannot be had."""
        try:
            return act()
        except QuantscopeError as error:
            self.told.emit(str(error))
            return None

    def _connect(self) -> None:
        panel = self._panel
        panel.new_requested.connect(self._chat.new_chat)
        panel.opened.connect(self.open)
        panel.renamed.connect(self.rename)
        panel.pin_toggled.connect(self.toggle_pin)
        panel.delete_requested.connect(self.delete)
        panel.undo_requested.connect(self.undo)
        panel.search_changed.connect(self.search)
        panel.import_requested.connect(lambda: self.exchange.import_files(self._chat.dialogue.conversation))
        self.exchange.told.connect(self.told)
        self.exchange.imported.connect(self._take_in)
        self.exchange.changed.connect(self.show)
        self._turns.deleted.connect(self._keep_deleted)
        self._chat.conversation_changed.connect(self.show)
        self._chat.running_changed.connect(lambda _running: self.show())
