"""Which model is reckoned with."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.calculator.wishes import Wishes
from app.controllers.calculator_source import SubjectSource
from gpu.calculator.subject import Subject
from gpu.errors import RequestError
from tests.app.calculator.cases import SMALL
from tests.patience import PATIENCE_S


@pytest.fixture
def gate() -> threading.Event:
    """What a slow disk waits for."""
    return threading.Event()


@pytest.fixture
def source(qapp: QApplication, gate: threading.Event) -> Iterator[SubjectSource]:
    def read(name: str) -> Subject:
        if name == "slow":
            gate.wait(PATIENCE_S)
        if name == "broken":
            raise RequestError("It is broken.")
        return SMALL.renamed(name)

    result = SubjectSource(read, lambda repo, _: SMALL.renamed(repo), qapp)
    yield result
    gate.set()
    result.worker.stop(PATIENCE_S)


def test_what_was_asked_for_before_another_model_was_chosen_is_dropped(
    qtbot: QtBot, source: SubjectSource, gate: threading.Event
) -> None:
    source.set_loaded(SMALL.renamed("mine"))
    source.follow(Wishes(source="slow"))
    source.follow(Wishes(source="loaded"))
    gate.set()
    qtbot.waitUntil(lambda: source.worker.is_idle)
    assert source.subject is not None
    assert source.subject.name == "mine"


def test_an_error_belongs_to_the_field_it_came_from_and_the_model_stays(
    qtbot: QtBot, source: SubjectSource
) -> None:
    source.follow(Wishes(source="qwen3-0.6b"))
    qtbot.waitUntil(lambda: source.subject is not None)
    source.follow(Wishes(source="file", path="broken"))
    qtbot.waitUntil(lambda: bool(source.errors))
    assert source.errors == {"path": "It is broken."}
    assert source.subject is not None


def test_an_error_that_is_on_its_way_when_another_model_is_chosen_is_dropped(
    qtbot: QtBot, source: SubjectSource
) -> None:
    source.follow(Wishes(source="file", path="broken"))
    while not source.worker._letters:
        pass
    source.follow(Wishes(source="hub", repo="owner/model"))
    qtbot.waitUntil(lambda: source.worker.is_idle)
    assert source.errors == {}


def test_numbers_are_read_at_once(source: SubjectSource) -> None:
    source.follow(Wishes(source="numbers"))
    assert source.subject is not None
    assert source.subject.shape.parameters == 8 * 10**9
    source.follow(Wishes(source="numbers", params="x"))
    assert list(source.errors) == ["params"]
    assert source.subject.shape.parameters == 8 * 10**9


def test_the_hub_is_asked_only_when_told_to(qtbot: QtBot, source: SubjectSource) -> None:
    source.follow(Wishes(source="hub", repo=" owner/model "))
    assert source.subject is None
    source.fetch()
    assert source.progress is not None
    qtbot.waitUntil(lambda: source.subject is not None)
    assert source.subject.name == "owner/model"
    assert source.progress is None
