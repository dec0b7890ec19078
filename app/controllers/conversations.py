"""The list of conversations: open, rename, pin, delete and bring back, find, import and export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.turns import TurnsController
from app.conversations import Archive, Message
from app.conversations.exchange import JSON, MARKDOWN, export, file_name, take_in
from app.conversations.search import Hit
from app.dialogue import Dialogue
from app.presenters.conversations import Listing, conversations_frame, deleted_text
from gpu.errors import QuantscopeError
from views.conversations import ConversationsPanel
from views.conversations.panel import JSON as AS_JSON

ALL = "conversations"
_T = TypeVar("_T")


@dataclass(frozen=True)
class FileDialogs:
    """Ask for a file to write, by a suggested name, and for files to read; "" and () are "none"."""

    save: Callable[[str], str]
    open: Callable[[], Sequence[str]]


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
        self._dialogs = dialogs
        self._query = ""
        self._deleted: list[_Deleted] = []
        self._connect()
        self.show()

    @Slot(int)
    def open(self, key: int) -> None:
        """Show a conversation; the one on show stays where it is."""
        if key == self._current:
            self._chat.show_branch()
            return
        dialogue = self._try(lambda: Dialogue.open(self._archive, key))
        if dialogue is not None:
            self._chat.open(dialogue)
            self.opened.emit(self._archive.conversation(key))

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
            self._chat.new_chat()
        self.show()

    @Slot()
    def undo(self) -> None:
        """Bring back what was deleted last."""
        if not self._deleted:
            return
        last = self._deleted.pop()
        if last.messages:
            self.open(last.conversation)
            self._turns.restore(last.messages)
        else:
            self._archive.restore(last.conversation)
            self.open(last.conversation)
        self.show()

    @Slot(int, str)
    def export(self, key: int, form: str) -> None:
        """Ask where to, and write one conversation."""
        suffix = JSON if form == AS_JSON else MARKDOWN
        self._export([key], file_name(self._archive.conversation(key), suffix))

    @Slot()
    def export_all(self) -> None:
        self._export([talk.id for talk in self._archive.conversations()], ALL + JSON)

    @Slot()
    def import_files(self) -> None:
        """Ask for files and take in what they hold; the last one is shown."""
        for path in self._dialogs.open():
            taken = self._try(partial(take_in, self._archive, Path(path)))
            if taken:
                self.open(taken[-1].id)
        self.show()

    @Slot(str)
    def search(self, query: str) -> None:
        self._query = query
        self.show()

    @Slot()
    def show(self) -> None:
        """Draw the list."""
        listing = Listing(
            conversations=self._archive.conversations(),
            current=self._current,
            running=self._current if self._chat.state in ("answering", "stopping") else 0,
            query=self._query,
            hits=self._hits(),
            undo=self._deleted[-1].title if self._deleted else "",
        )
        self._panel.set_frame(conversations_frame(listing, datetime.now()))

    @property
    def _current(self) -> int:
        return self._chat.dialogue.conversation.id

    def _hits(self) -> Sequence[Hit] | None:
        if not self._query.strip():
            return None
        return self._try(lambda: self._archive.search(self._query)) or ()

    def _export(self, keys: Sequence[int], name: str) -> None:
        path = self._dialogs.save(name) if keys else ""
        if path:
            self._try(lambda: export(self._archive, keys, Path(path)))

    def _refresh(self, key: int) -> None:
        if key == self._current:
            self._chat.dialogue.refresh()
        self.show()

    @Slot(object)
    def _keep_deleted(self, taken: tuple[Message, ...]) -> None:
        if taken:
            count = f"{len(taken)} messages" if len(taken) > 1 else "1 message"
            self._deleted.append(_Deleted(f"{count} deleted", taken[0].conversation, taken))
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
        panel.export_requested.connect(self.export)
        panel.export_all_requested.connect(self.export_all)
        panel.import_requested.connect(self.import_files)
        panel.search_changed.connect(self.search)
        self._turns.deleted.connect(self._keep_deleted)
        self._chat.conversation_changed.connect(self.show)
        self._chat.running_changed.connect(lambda _running: self.show())
