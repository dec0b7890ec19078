"""What cannot be saved is said, and once more before the window closes, with a file as a way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Slot

from app.controllers.exchange import ExchangeController
from app.conversations import Archive
from app.presenters.failure import (
    QUIT_ANYWAY,
    SAVE_AS_FILE,
    notice_banner,
    unsaved_banner,
    warning_banner,
)
from views.main_window import MainWindow

_AGAIN = "The conversations are saved again."


class QuitController(QObject):
    """Keeps the window open while conversations would be lost with it, until the person has decided."""

    def __init__(self, window: MainWindow, archive: Archive, exchange: ExchangeController) -> None:
        super().__init__(window)
        self._window, self._archive, self._exchange = window, archive, exchange
        self._decided = False
        window.installEventFilter(self)
        window.banner_action.connect(self._act)

    @Slot(str)
    def tell(self, problem: str) -> None:
        """Why nothing is saved; empty once it is again."""
        self._window.set_banner(warning_banner(problem) if problem else notice_banner(_AGAIN))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own name
        if event.type() != QEvent.Type.Close or watched is not self._window or self._decided:
            return False
        unsaved = self._archive.unsaved()
        if unsaved:
            self._window.set_banner(unsaved_banner(len(unsaved)))
            event.ignore()
        return bool(unsaved)

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == SAVE_AS_FILE:
            self._exchange.rescue(self._archive.unsaved(), self._quit)
        elif action == QUIT_ANYWAY:
            self._quit()

    def _quit(self) -> None:
        self._decided = True
        self._window.close()
