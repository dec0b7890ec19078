"""What can wait until the window was painted does, and is then done step by step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from views.ahead import Ahead


class Painted(QObject):
    """Says in `seen` that what it watches was painted."""

    def __init__(self, window: QWidget, seen: list[str]) -> None:
        super().__init__(window)
        self._seen = seen
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self._seen.append("painted")
        return False


def test_the_window_is_painted_before_anything_is_done(qtbot: QtBot) -> None:
    seen: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    Painted(window, seen)
    Ahead(window, (lambda: seen.append("first"), lambda: seen.append("second")))
    QApplication.processEvents()
    assert seen == []
    window.show()
    qtbot.waitUntil(lambda: "second" in seen)
    assert seen[0] == "painted"
    assert [name for name in seen if name != "painted"] == ["first", "second"]


def test_between_two_steps_the_window_hears_what_happened(qtbot: QtBot) -> None:
    seen: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    steps = (lambda: QTimer.singleShot(0, lambda: seen.append("heard")), lambda: seen.append("second"))
    Ahead(window, (*steps, lambda: seen.append("third")))
    window.show()
    qtbot.waitUntil(lambda: "third" in seen)
    assert seen.index("heard") < seen.index("third")


def test_it_rests_when_all_is_done(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    done: list[bool] = []
    ahead = Ahead(window, (lambda: done.append(ahead.findChild(QTimer).isActive()),))
    window.show()
    qtbot.waitUntil(lambda: done == [True] and not ahead.findChild(QTimer).isActive())
