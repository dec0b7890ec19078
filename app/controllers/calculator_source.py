"""Which model the calculator reckons with: by name, from headers, from the Hub, or typed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from app.calculator.reading import read_numbers
from app.calculator.wishes import FILE, HUB, LOADED, NUMBERS, Wishes
from app.failures import sentence_of
from app.worker import Cancel, Post, Worker
from gpu.calculator.subject import Subject
from views.frames.calculator import Progress

ReadSubject = Callable[[str], Subject]
FetchSubject = Callable[[str, Cancel], Subject]
_FIELDS = {FILE: "path", HUB: "repo"}


@dataclass(frozen=True)
class _Found:
    wishes: Wishes
    subject: Subject


@dataclass(frozen=True)
class _Refused:
    wishes: Wishes
    error: Exception


def _place(wishes: Wishes) -> tuple[str, str, str]:
    """Where a model is looked for."""
    return (
        wishes.source,
        wishes.path if wishes.source == FILE else "",
        wishes.repo if wishes.source == HUB else "",
    )


class SubjectSource(QObject):
    """`subject` is what is known now, None while nothing is; `errors` are by field. Headers are read on a
    thread of their own: a folder may lie on a slow disk, and the Hub is far away."""

    changed = Signal()

    def __init__(self, read: ReadSubject, fetch: FetchSubject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.subject: Subject | None = None
        self.errors: Mapping[str, str] = {}
        self.progress: Progress | None = None
        self._loaded: Subject | None = None
        self._read, self._fetch = read, fetch
        self._wishes = Wishes()
        self.worker = Worker("headers", self)
        self.worker.told.connect(self._take)

    def set_loaded(self, subject: Subject | None) -> None:
        """The model that is open in the window."""
        self._loaded = subject
        if self._wishes.source == LOADED:
            self._settle(subject)

    def follow(self, wishes: Wishes) -> None:
        """Find the model these wishes name; one on the Hub only once `fetch` is called."""
        self._wishes = wishes
        self.worker.cancel()
        if wishes.source == LOADED:
            self._settle(self._loaded)
        elif wishes.source == NUMBERS:
            subject, errors = read_numbers(wishes)
            self._settle(subject if subject is not None else self.subject, errors)
        elif wishes.source == HUB:
            self._settle(self.subject)
        elif wishes.source != FILE or wishes.path.strip():
            name = wishes.path.strip() if wishes.source == FILE else wishes.source
            self._start("Reading headers", lambda _cancel: self._read(name))

    def fetch(self) -> None:
        """Fetch the headers of the model on the Hub."""
        repo = self._wishes.repo.strip()
        self._start(f"Reading the headers of {repo}", lambda cancel: self._fetch(repo, cancel))

    @Slot()
    def cancel(self) -> None:
        self.worker.cancel()
        self._settle(self.subject)

    def _start(self, text: str, find: Callable[[Cancel], Subject]) -> None:
        wishes = self._wishes
        if wishes.source in _FIELDS:
            self.progress = Progress(text)
            self.changed.emit()

        def task(post: Post, cancel: Cancel) -> None:
            try:
                post(_Found(wishes, find(cancel)))
            except Exception as error:
                if not cancel():  # what fails after it was given up is nobody's business any more
                    post(_Refused(wishes, error))

        self.worker.run(task)

    @Slot(object)
    def _take(self, letter: _Found | _Refused) -> None:
        """What was asked for before another model was chosen is of no use any more."""
        if _place(letter.wishes) != _place(self._wishes):
            return
        if isinstance(letter, _Found):
            self._settle(letter.subject)
        else:
            field = _FIELDS.get(letter.wishes.source, "source")
            self._settle(self.subject, {field: sentence_of(letter.error)})

    def _settle(self, subject: Subject | None, errors: Mapping[str, str] | None = None) -> None:
        self.subject, self.errors, self.progress = subject, errors or {}, None
        self.changed.emit()
