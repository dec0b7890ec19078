"""Ctrl-C in the terminal the window was started from."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot


class Interrupts(QObject):
    """Ctrl-C in the terminal closes the window.

    Python runs signal handlers between bytecodes, and Qt's event loop runs none: the signal also writes to a
    socket, which wakes the loop.
    """

    def __init__(self, close: Callable[[], object]) -> None:
        super().__init__()
        self._close = close
        self.happened = False
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._writer.fileno())
        self._former_handler = signal.signal(signal.SIGINT, self._handle)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def restore(self) -> None:
        """Leave signals as they were found."""
        signal.signal(signal.SIGINT, self._former_handler)
        signal.set_wakeup_fd(self._former_fd)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.happened = True
        QTimer.singleShot(0, self._close)

    @Slot()
    def _drain(self) -> None:
        self._reader.recv(64)
