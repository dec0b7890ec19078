"""After a load: prediction beside measurement, recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.controllers.truth import TruthController
from app.engine_thread import EngineThread
from app.messages import ModelWish
from app.truth import LoadTruth, NoTruth, TruthFile
from tests.app.calculator.cases import asked
from tests.app.fake_engine import facts_for
from tests.app.test_truth import PAIR

TRUTH = LoadTruth(PAIR, (("weights", 1000),), (("weights", 1000),), asked())


@pytest.fixture
def truth(engine: EngineThread, tmp_path: Path) -> TruthController:
    return TruthController(engine, TruthFile(tmp_path))


def test_what_is_measured_is_kept_and_recorded(
    truth: TruthController, engine: EngineThread, tmp_path: Path
) -> None:
    engine.told.emit(TRUTH)
    assert truth.truth == TRUTH
    assert truth.pairs() == TruthFile(tmp_path).load() == (PAIR,)
    truth.set_model(None)
    assert truth.truth is None
    assert truth.pairs() == (PAIR,)


def test_every_model_that_opens_is_measured_and_a_failure_is_said(
    truth: TruthController, settle: Callable[[], None]
) -> None:
    truth.set_model(facts_for(ModelWish("demo")))
    settle()
    assert truth.problem == "No model is open; open one first.", "the fake engine has no model"


def test_a_measurement_that_a_question_cancelled_is_made_when_the_engine_is_idle(
    truth: TruthController, engine: EngineThread, settle: Callable[[], None]
) -> None:
    engine.told.emit(NoTruth("Cancelled.", cancelled=True))
    assert truth.problem == ""
    engine.idle.emit()
    settle()
    assert truth.problem.startswith("No model is open")


def test_without_a_file_the_record_lasts_as_long_as_the_window(engine: EngineThread) -> None:
    truth = TruthController(engine, None)
    engine.told.emit(TRUTH)
    assert truth.pairs() == (PAIR,)


def test_a_record_that_cannot_be_kept_is_said(engine: EngineThread, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    truth = TruthController(engine, TruthFile(tmp_path / "file"))
    engine.told.emit(TRUTH)
    assert "cannot be written" in truth.problem
    assert truth.truth == TRUTH
