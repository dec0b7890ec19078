from __future__ import annotations

import os
import signal

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.interrupts import Interrupts


def test_ctrl_c_closes_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    before = signal.getsignal(signal.SIGINT)
    interrupts = Interrupts(window.close)
    try:
        os.kill(os.getpid(), signal.SIGINT)
        qtbot.waitUntil(lambda: not window.isVisible())
        assert interrupts.happened
    finally:
        interrupts.restore()
    assert signal.getsignal(signal.SIGINT) is before
