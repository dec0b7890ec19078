"""What can wait until the window was painted does, and is then done step by step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from views.ahead import Ahead, FirstPaint


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    result = QWidget()
    qtbot.addWidget(result)
    return result


class Painted(QObject):
    """Says in `seen` that what it watches is painted."""

    def __init__(self, window: QWidget, seen: list[str]) -> None:
        super().__init__(window)
        self._seen = seen
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self._seen.append("painted")
        return False


def test_the_window_is_painted_before_anything_is_done(qtbot: QtBot, window: QWidget) -> None:
    seen: list[str] = []
    ahead = Ahead(window, (lambda: seen.append("first"), lambda: seen.append("second")))
    FirstPaint(window).came.connect(ahead.begin)
    Painted(window, seen)
    QApplication.processEvents()
    assert seen == []
    window.show()
    qtbot.waitUntil(lambda: "second" in seen)
    assert seen[0] == "painted"
    assert [name for name in seen if name != "painted"] == ["first", "second"]


def test_only_the_first_paint_is_told(qtbot: QtBot, window: QWidget) -> None:
    told: list[bool] = []
    seen: list[str] = []
    FirstPaint(window).came.connect(lambda: told.append(True))
    Painted(window, seen)
    window.show()
    qtbot.waitUntil(lambda: bool(seen))
    window.repaint()
    assert len(seen) > 1
    assert told == [True]


def test_between_two_steps_the_window_hears_what_happened(qtbot: QtBot, window: QWidget) -> None:
    seen: list[str] = []
    steps = (lambda: QTimer.singleShot(0, lambda: seen.append("heard")), lambda: seen.append("second"))
    Ahead(window, (*steps, lambda: seen.append("third"))).begin()
    qtbot.waitUntil(lambda: "third" in seen)
    assert seen.index("heard") < seen.index("third")


def test_before_each_step_it_pauses(qtbot: QtBot, window: QWidget) -> None:
    seen: list[str] = []
    hour_ms = 3_600_000
    ahead = Ahead(window, (lambda: seen.append("first"), lambda: seen.append("second")), pause_ms=hour_ms)
    timer = ahead.findChild(QTimer)
    timer.timeout.connect(lambda: timer.setInterval(hour_ms))
    ahead.begin()
    QApplication.processEvents()
    assert seen == []
    timer.setInterval(0)
    qtbot.waitUntil(lambda: seen == ["first"])
    QApplication.processEvents()
    assert seen == ["first"]


def test_it_goes_on_where_it_has_begun_and_is_not_held(qtbot: QtBot, window: QWidget) -> None:
    done: list[int] = []
    ahead = Ahead(window, [lambda number=number: done.append(number) for number in range(3)])
    timer = ahead.findChild(QTimer)
    ahead.hold(True)
    ahead.begin()
    assert not timer.isActive()
    ahead.hold(False)
    assert timer.isActive()
    ahead.hold(True)
    assert not timer.isActive()
    ahead.hold(False)
    qtbot.waitUntil(lambda: done == [0, 1, 2])
    assert not timer.isActive()
    ahead.begin()
    assert not timer.isActive()


def test_not_held_is_not_begun(window: QWidget) -> None:
    ahead = Ahead(window, (list,))
    ahead.hold(False)
    assert not ahead.findChild(QTimer).isActive()
