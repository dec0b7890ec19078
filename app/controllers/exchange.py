"""Conversations written to files and taken in from them, beside everything else the window does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.conversations import Archive, Conversation
from app.conversations.exchange import JSON, MARKDOWN, file_name
from app.conversations.transfer import export_file, import_file
from app.failures import sentence_of
from app.worker import Cancel, Post, Worker
from gpu.errors import Cancelled, QuantscopeError
from views.conversations import ConversationsPanel
from views.conversations.panel import JSON as AS_JSON
from views.frames.conversations import WorkFrame

ALL = "conversations"
_QUICK_S, _PERIOD_S = 0.3, 0.1  # what takes no longer is not announced; then so often
_BUSY = "Another import or export is under way; wait for its end, or cancel it below the list."


@dataclass(frozen=True)
class FileDialogs:
    """Ask for a file to write, by a suggested name, and for files to read; "" and () are "none"."""

    save: Callable[[str], str]
    open: Callable[[], Sequence[str]]


@dataclass(frozen=True)
class Imported:
    """What a file held; `shown` is the conversation on show when the person chose the file, as it was."""

    conversations: tuple[Conversation, ...]
    shown: Conversation


@dataclass(frozen=True)
class _Refused:
    sentence: str


class ExchangeController(QObject):
    """One import or export at a time. What cannot be done is told in a sentence."""

    told = Signal(str)
    imported = Signal(object)  # Imported
    changed = Signal()  # `work` is another

    def __init__(self, panel: ConversationsPanel, archive: Archive, dialogs: FileDialogs) -> None:
        super().__init__(panel)
        self._archive, self._dialogs = archive, dialogs
        self._worker = Worker("exchange", self)
        self.work: WorkFrame | None = None
        self._worker.told.connect(self._hear)
        self._worker.failed.connect(self._fail)
        self._worker.ended.connect(self._end)
        panel.export_requested.connect(self.export)
        panel.export_all_requested.connect(self.export_all)
        panel.work_cancelled.connect(self._worker.cancel)

    @property
    def is_idle(self) -> bool:
        return self._worker.is_idle

    def stop(self, timeout_s: float) -> bool:
        """Give up what is under way; False if that took longer."""
        return self._worker.stop(timeout_s)

    @Slot(int, str)
    def export(self, key: int, form: str) -> None:
        """Ask where to, and write one conversation."""
        suffix = JSON if form == AS_JSON else MARKDOWN
        self._export([self._archive.conversation(key)], suffix)

    @Slot()
    def export_all(self) -> None:
        self._export(self._archive.conversations(), JSON)

    def rescue(self, talks: Sequence[Conversation], then: Callable[[], object]) -> None:
        """Ask where to, write these, and do something once they are in the file."""
        self._export(talks, JSON, then)

    def import_files(self, shown: Conversation) -> None:
        """Ask for files and take in what they hold; `shown` is the conversation on show."""
        paths = [Path(path) for path in self._dialogs.open()]
        if not paths:
            return
        store, now_ms = self._archive.store, self._archive.clock.now_ms()

        def task(post: Post, cancel: Cancel) -> None:
            for path in paths:
                pace = _Pace(f"Importing {path.name}", post, cancel)
                try:
                    post(Imported(import_file(store, path, now_ms, pace.tick), shown))
                except Cancelled:
                    return
                except QuantscopeError as error:
                    post(_Refused(str(error)))  # and the next is taken

        self._begin(task)

    def _export(
        self, talks: Sequence[Conversation], suffix: str, then: Callable[[], object] = lambda: None
    ) -> None:
        if not talks:
            self.told.emit("There is no conversation to export yet.")
            return
        one = file_name(talks[0], suffix) if suffix == MARKDOWN or len(talks) == 1 else ALL + suffix
        name = self._dialogs.save(one)
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in (MARKDOWN, JSON) or (len(talks) > 1 and path.suffix.lower() != JSON):
            path = path.with_name(path.name + suffix)
        store, recorder = self._archive.store, self._archive.recorder

        def task(post: Post, cancel: Cancel) -> None:
            pace = _Pace(f"Exporting {path.name}", post, cancel)
            export_file(store, recorder, talks, path, pace.tick)
            post(then)

        self._begin(task)

    def _begin(self, task: Callable[[Post, Cancel], None]) -> None:
        if self.is_idle:
            self._worker.run(task)
        else:
            self.told.emit(_BUSY)

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, WorkFrame):
            self.work = letter
            self.changed.emit()
        elif isinstance(letter, Imported):
            self.imported.emit(letter)
        elif isinstance(letter, _Refused):
            self.told.emit(letter.sentence)
        elif callable(letter):
            letter()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.told.emit(sentence_of(error))

    @Slot()
    def _end(self) -> None:
        if self.work is not None:
            self.work = None
            self.changed.emit()


class _Pace:
    """Says how far something is, not too often, and ends it where the person wants that."""

    def __init__(self, text: str, post: Post, cancel: Cancel) -> None:
        self._text, self._post, self._cancel = text, post, cancel
        self._next_s = time.monotonic() + _QUICK_S

    def tick(self, share: float) -> None:
        """Raises Cancelled."""
        if self._cancel():
            raise Cancelled
        if time.monotonic() > self._next_s:
            self._next_s = time.monotonic() + _PERIOD_S
            self._post(WorkFrame(self._text, share))
