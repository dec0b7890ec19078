"""Taking a capture: which text, what to keep of it, how far it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.engine_thread import EngineThread, Job
from app.messages import ModelFacts, TaskProgress
from app.presenters.sites import split_site
from app.sources import Sources
from app.tasks.capture import CAPTURE, Captured, CaptureFailed, CaptureWish, capture_failed, capture_text
from gpu.errors import QuantscopeError
from views.frames import Choice
from views.frames.outliers import SourceFrame
from views.outliers.source_bar import SourceBar

_POLL_MS = 50


@dataclass(frozen=True)
class CapturePick:
    """What the person chose to capture."""

    source: str = "prompts"
    text: str = ""
    keeps: bool = True
    sinks: bool = True


class CaptureController(QObject):
    """`captured` gives (name of the text, capture) of each one taken; `file_wanted` asks for `set_file`."""

    captured = Signal(object)
    file_wanted = Signal()

    def __init__(self, bar: SourceBar, engine: EngineThread, sources: Sources) -> None:
        super().__init__(bar)
        self._bar, self._engine, self._sources = bar, engine, sources
        self._facts: ModelFacts | None = None
        self._pick = CapturePick()
        self._kind = ""
        self._captures: tuple[str, ...] = ()
        self._shown = ""
        self._job: Job | None = None
        self._progress = (0, 0)
        self._note, self._is_error = "", False
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._connect()

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._show()

    def set_kind(self, kind: str) -> None:
        """Which kind of site every token's values are kept of."""
        self._kind = kind

    def set_captures(self, names: tuple[str, ...], shown: str) -> None:
        self._captures, self._shown = names, shown
        self._show()

    def set_file(self, path: str) -> None:
        """The text file to capture; "" where the person chose none."""
        if path:
            self._sources.file = Path(path)
            self._change(source="file")
        else:
            self._show()

    def say(self, sentence: str, *, is_error: bool = False) -> None:
        """A line under the controls."""
        self._note, self._is_error = sentence, is_error
        self._show()

    @Slot()
    def begin(self) -> None:
        """Capture what is chosen."""
        try:
            texts = self._sources.texts(self._pick.source, self._pick.text)
        except QuantscopeError as error:
            self.say(str(error), is_error=True)
            return
        sites = self._facts.sites if self._facts is not None and self._pick.keeps else ()
        wish = CaptureWish(
            name=self._sources.name(self._pick.source),
            texts=texts,
            apart=self._pick.source == "parts",
            keep=frozenset(site for site in sites if split_site(site)[0] == self._kind),
            sinks=self._pick.sinks,
        )
        self._progress = (0, 0)
        self._job = self._engine.run(lambda desk, cancel: capture_text(desk, cancel, wish), capture_failed)
        self._timer.start()
        self.say("")

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if not isinstance(letter, Captured | CaptureFailed):
            return
        self._job = None
        self._timer.stop()
        if isinstance(letter, Captured):
            self.captured.emit(letter.captures)
        else:
            self.say(letter.sentence, is_error=True)

    @Slot()
    def _poll(self) -> None:
        at = self._engine.take(TaskProgress)
        if at is not None and at.task == CAPTURE:
            self._progress = at.done, at.total
            self._show()

    @Slot(str)
    def _choose_source(self, source: str) -> None:
        if source == "file":
            self.file_wanted.emit()
        else:
            self._change(source=source)

    def _change(self, **changes: object) -> None:
        self._pick = replace(self._pick, **changes)  # type: ignore[arg-type]
        self._show()

    def _show(self) -> None:
        done, total = self._progress
        self._bar.set_frame(
            SourceFrame(
                sources=self._sources.choices(),
                source=self._pick.source,
                text=self._pick.text,
                captures=tuple(Choice(name, name) for name in self._captures),
                capture=self._shown,
                keeps=self._pick.keeps,
                sinks=self._pick.sinks,
                running=self._job is not None,
                progress=done / total if total else 0.0,
                enabled=self._facts is not None,
                note=self._note,
                is_error=self._is_error,
            )
        )

    def _connect(self) -> None:
        self._engine.told.connect(self._hear)
        self._timer.timeout.connect(self._poll)
        self._bar.source_chosen.connect(self._choose_source)
        self._bar.text_changed.connect(lambda text: self._change(text=text))
        self._bar.keeps_toggled.connect(lambda is_on: self._change(keeps=is_on))
        self._bar.sinks_toggled.connect(lambda is_on: self._change(sinks=is_on))
        self._bar.capture_requested.connect(self.begin)
        self._bar.cancel_requested.connect(self._cancel)
