"""The window's second thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.worker import Cancel, Post, Worker
from tests.patience import PATIENCE_S


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    result = Worker("test", qapp)
    yield result
    assert result.stop(PATIENCE_S)


def test_what_a_task_posts_arrives_on_this_thread(qtbot: QtBot, worker: Worker) -> None:
    heard: list[tuple[object, str]] = []
    worker.told.connect(lambda letter: heard.append((letter, threading.current_thread().name)))

    def task(post: Post, _: Cancel) -> None:
        post(threading.current_thread().name)

    with qtbot.waitSignal(worker.ended):
        worker.run(task)
    assert heard == [("test", threading.current_thread().name)]
    assert worker.is_idle


def test_an_error_is_handed_over_and_the_thread_lives_on(qtbot: QtBot, worker: Worker) -> None:
    def broken(_post: Post, _cancel: Cancel) -> None:
        raise ValueError("no")

    with qtbot.waitSignal(worker.failed) as told:
        worker.run(broken)
    assert str(told.args[0]) == "no"
    with qtbot.waitSignal(worker.told):
        worker.run(lambda post, _: post(1))


def test_of_what_waits_only_the_newest_is_done(qtbot: QtBot, worker: Worker) -> None:
    entered, done = threading.Event(), []

    def first(post: Post, cancel: Cancel) -> None:
        entered.set()
        while not cancel():
            pass
        post("first gave way")

    worker.told.connect(done.append)
    worker.run(first)
    assert entered.wait(PATIENCE_S)
    for name in ("second", "third"):
        worker.run(lambda post, _, name=name: post(name))
    qtbot.waitUntil(lambda: worker.is_idle)
    assert done[0] == "first gave way"
    assert done[-1] == "third"


def test_a_cancelled_task_is_told_so(qtbot: QtBot, worker: Worker) -> None:
    entered = threading.Event()

    def task(post: Post, cancel: Cancel) -> None:
        entered.set()
        while not cancel():
            pass
        post("cancelled")

    worker.run(task)
    assert entered.wait(PATIENCE_S)
    with qtbot.waitSignal(worker.told):
        worker.cancel()


def test_cancelling_drops_what_waits(qtbot: QtBot, worker: Worker) -> None:
    entered, begun = threading.Event(), []

    def first(_post: Post, cancel: Cancel) -> None:
        entered.set()
        while not cancel():
            pass

    worker.run(first)
    assert entered.wait(PATIENCE_S)
    with worker._change:  # nothing begins in between
        worker.run(lambda _post, _cancel: begun.append("second"))
        worker.cancel()
    qtbot.waitUntil(lambda: worker.is_idle)
    assert begun == []


def test_one_that_never_ran_stops_at_once() -> None:
    assert Worker("idle").stop(0)
