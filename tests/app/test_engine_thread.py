from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.engine_desk import Desk
from app.engine_thread import EngineThread
from app.messages import Failure, Loading, ModelFacts, ModelWish, Question, Turn, Wrote
from gpu.errors import Cancelled, FormatError
from gpu.events import ChannelStats, Failed, Finished
from tests.app.fake_engine import FakeEngine, Script
from tests.patience import PATIENCE_S

WISH = ModelWish("demo")
QUESTION = Question((Turn("user", "Why?"),))


@pytest.fixture
def said(engine: EngineThread) -> list[object]:
    letters: list[object] = []
    for signal in (engine.loaded, engine.failed, engine.said):
        signal.connect(letters.append)
    return letters


def test_the_engine_is_made_and_used_on_its_own_thread(engine: EngineThread, script: Script) -> None:
    assert engine.is_idle
    assert script.thread == "engine"


def test_letters_are_delivered_on_the_thread_of_the_window(engine: EngineThread, qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []
    engine.loaded.connect(lambda _facts: threads.append(threading.current_thread()))
    engine.open(WISH)
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]


def test_an_answer_arrives_word_by_word(
    engine: EngineThread, said: list[object], settle: Callable[[], None]
) -> None:
    run_id = engine.ask(QUESTION)
    settle()
    assert "".join(letter.answer for letter in said if isinstance(letter, Wrote)) == "Because of outliers."
    assert said[-1] == Finished(run_id, "stop")


def test_cancel_ends_the_running_answer(
    engine: EngineThread, script: Script, said: list[object], settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    run_id = engine.ask(QUESTION)
    engine.cancel()
    settle()
    assert said[-1] == Finished(run_id, "cancelled")


def test_a_new_question_cancels_the_running_one_and_silences_it(
    engine: EngineThread, script: Script, said: list[object], settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    first = engine.ask(QUESTION)
    second = engine.ask(QUESTION)
    script.hold.set()
    settle()
    assert Finished(second, "stop") in said
    assert all(getattr(letter, "run_id", second) == second for letter in said)
    assert first != second


def test_loading_cancels_the_running_answer_which_still_says_so(
    engine: EngineThread, script: Script, said: list[object], settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    run_id = engine.ask(QUESTION)
    engine.open(WISH)
    settle()
    assert [letter for letter in said if isinstance(letter, Finished | ModelFacts)] == [
        Finished(run_id, "cancelled"),
        next(letter for letter in said if isinstance(letter, ModelFacts)),
    ]


@pytest.mark.parametrize("error", [FormatError("x", "is broken."), MemoryError(), ZeroDivisionError()])
def test_no_failure_ends_the_thread(
    engine: EngineThread,
    script: Script,
    said: list[object],
    settle: Callable[[], None],
    error: Exception,
) -> None:
    script.open_error = script.answer_error = error
    engine.open(WISH)
    run_id = engine.ask(QUESTION)
    settle()
    failure, failed = said
    assert isinstance(failure, Failure)
    assert failure.wish == WISH
    assert isinstance(failed, Failed)
    assert failed.run_id == run_id
    script.open_error = None
    engine.open(WISH)
    settle()
    assert isinstance(said[-1], ModelFacts)


def test_an_engine_that_cannot_be_made_is_a_stated_failure(qtbot: QtBot) -> None:
    def refuse(_post: object) -> FakeEngine:
        raise OSError(2, "No such file or directory", "libvulkan.so.1")

    thread = EngineThread(refuse)
    failures: list[Failure] = []
    thread.failed.connect(failures.append)
    thread.start()
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].sentence == "libvulkan.so.1: No such file or directory."
    assert thread.stop(PATIENCE_S)


def test_statistics_are_taken_once_and_only_of_the_newest_run(
    engine: EngineThread, settle: Callable[[], None]
) -> None:
    engine.read("lm_head")
    settle()
    stats = engine.take(ChannelStats)
    assert stats is not None
    assert stats.site == "lm_head"
    assert engine.take(ChannelStats) is None
    engine.read("lm_head")
    settle()
    engine.ask(QUESTION)
    assert engine.take(ChannelStats) is None
    settle()


def test_progress_of_loading_can_be_taken(engine: EngineThread, settle: Callable[[], None]) -> None:
    engine.open(WISH)
    settle()
    loading = engine.take(Loading)
    assert loading is not None
    assert loading.total_bytes == 2 * loading.done_bytes


def test_stopping_cancels_closes_the_engine_and_ends_the_thread(qtbot: QtBot, script: Script) -> None:
    thread = EngineThread(lambda post: FakeEngine(post, script))
    thread.start()
    script.hold = threading.Event()
    thread.ask(QUESTION)
    qtbot.waitUntil(lambda: bool(script.asked))
    assert thread.stop(PATIENCE_S)
    assert script.closed


def count_to_two(desk: Desk, _cancel: Callable[[], bool]) -> None:
    desk.post("one")
    desk.post("two")


def until_cancelled(desk: Desk, cancel: Callable[[], bool]) -> None:
    while not cancel():
        desk.post("still here")
    raise Cancelled


def test_what_a_task_posts_is_told(engine: EngineThread, settle: Callable[[], None]) -> None:
    told: list[object] = []
    engine.told.connect(told.append)
    engine.run(count_to_two)
    settle()
    assert told == ["one", "two"]


def test_a_task_holds_the_engine_until_it_is_done(engine: EngineThread, settle: Callable[[], None]) -> None:
    held: list[bool] = []
    engine.held_changed.connect(held.append)
    engine.run(count_to_two)
    assert engine.is_held
    settle()
    assert not engine.is_held
    assert held == [True, False]


def test_a_task_in_the_background_gives_way_to_a_question(
    engine: EngineThread, said: list[object], settle: Callable[[], None]
) -> None:
    refused: list[Exception] = []
    engine.run(until_cancelled, lambda error: refused.append(error) or "given up", background=True)
    assert not engine.is_held
    run_id = engine.ask(QUESTION)
    settle()
    assert [type(error) for error in refused] == [Cancelled]
    assert said[-1] == Finished(run_id, "stop")


def test_one_task_is_cancelled_and_the_others_go_on(engine: EngineThread, settle: Callable[[], None]) -> None:
    told: list[object] = []
    engine.told.connect(told.append)
    first = engine.run(until_cancelled, lambda _error: "given up")
    engine.run(count_to_two)
    first.cancel()
    settle()
    assert told[-3:] == ["given up", "one", "two"]


def test_a_task_that_needs_a_model_says_so(
    engine: EngineThread, said: list[object], settle: Callable[[], None]
) -> None:
    engine.run(lambda desk, _cancel: desk.post(desk.opened))
    settle()
    assert said == [Failure("other", "No model is open; open one first.")]


def test_it_says_when_the_last_job_is_done(engine: EngineThread, settle: Callable[[], None]) -> None:
    idle: list[bool] = []
    engine.idle.connect(lambda: idle.append(engine.is_idle))
    engine.run(count_to_two)
    engine.run(count_to_two)
    settle()
    assert idle == [True]
