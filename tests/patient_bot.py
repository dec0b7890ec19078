"""The robot of pytest-qt with patience."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.worker import Worker
from tests.patience import PATIENCE_MS, PATIENCE_S


class PatientBot(QtBot):
    """Waits for what it is told to wait for; pytest-qt's five seconds can pass before a thread begins."""

    def addWidget(self, widget: QWidget, **options: Any) -> None:  # noqa: N802
        super().addWidget(widget, **{"before_close_func": end_threads, **options})

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:  # noqa: N802
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitActive(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802
        return super().waitActive(widget, timeout=timeout)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802
        return super().waitExposed(widget, timeout=timeout)


def end_threads(widget: QWidget) -> None:
    """Widgets go before fixtures are left: what is at work for one would have nobody to tell, or crash."""
    for worker in widget.findChildren(Worker):
        assert worker.stop(PATIENCE_S)
