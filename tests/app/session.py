"""The real window driven like a person does, for the end-to-end tests and the measuring scripts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from app.conversations import Message
from app.engine_thread import EngineThread
from app.gui import Gui
from app.library import DEMO
from app.messages import Failure, ModelFacts, ModelWish
from app.preferences import Preferences
from app.settings import SettingsFile
from app.start import make_gpu_engine
from tests.app.windows import begin
from tests.patience import PATIENCE_S
from views.theme import Theme


class GaveUpError(Exception):
    """What was waited for did not happen."""


class Session:
    """A window with its own settings directory, on the real engine; one that is given has begun already."""

    def __init__(
        self,
        app: QApplication,
        directory: Path,
        scheme: Qt.ColorScheme | None = None,
        engine: EngineThread | None = None,
    ) -> None:
        self._app = app
        self.theme = Theme(app, scheme)
        self._has_begun = engine is not None
        engine = engine or EngineThread(make_gpu_engine)
        self.gui = Gui(self.theme, Preferences(SettingsFile(directory)), engine)
        self.facts: ModelFacts | None = None
        self.failures: list[Failure] = []
        self.gui.engine.loaded.connect(self._keep_facts)
        self.gui.engine.failed.connect(self.failures.append)

    def open(self, model: str = DEMO) -> None:
        """Show the window and wait for the model."""
        self.gui.window.show()
        if self._has_begun:
            self.gui.expect(ModelWish(model))
        else:
            begin(self.gui, model)
        self.wait(lambda: self.facts is not None or bool(self.failures))
        if self.failures:
            raise GaveUpError(self.failures[0].sentence)

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        field = self.gui.window.panels.chat.findChild(QPlainTextEdit)
        field.setFocus()
        QTest.keyClicks(field, question)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def wait_for_answer(self) -> Message:
        self.wait(lambda: self.gui.chat.state == "ready")
        return self.gui.chat.path[-1]

    def wait(self, condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Run the event loop until something is true."""
        loop = QEventLoop()
        poll = QTimer(interval=5)
        poll.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > end else None)
        end = time.monotonic() + patience_s
        poll.start()
        loop.exec()
        poll.stop()
        if not condition():
            raise GaveUpError(f"nothing happened for {patience_s:g} seconds")

    def settle(self, duration_ms: int = 400) -> None:
        """Let timers fire and everything be drawn. Not by qWait, which would keep other threads waiting."""
        loop = QEventLoop()
        QTimer.singleShot(duration_ms, loop.quit)
        loop.exec()

    def close(self) -> None:
        self.gui.window.close()

    def _keep_facts(self, facts: ModelFacts) -> None:
        self.facts = facts
