from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.sweep import SweepController
from app.engine_thread import EngineThread
from app.library import demo_directory
from gpu.checkpoints import open_checkpoint
from gpu.sweep import Rounding
from views.microscope.tensors import TensorsPanel
from views.theme import Theme


@pytest.fixture
def sweep(theme: Theme, engine: EngineThread, qtbot: QtBot) -> SweepController:
    panel = TensorsPanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    return SweepController(panel, engine, Rounding.parse("int4@b32"), lambda: "text")


def panel_of(sweep: SweepController) -> TensorsPanel:
    panel = sweep.parent()
    assert isinstance(panel, TensorsPanel)
    return panel


def test_matrices_are_listed_before_anything_is_measured(sweep: SweepController) -> None:
    sweep.set_checkpoint(open_checkpoint(Path(demo_directory())))
    assert len(sweep.names()) == 43
    rows = panel_of(sweep).rows()
    assert rows[0][0] == "embed_tokens"
    assert rows[1][:2] == ("0.q_proj", "")
    sweep.set_checkpoint(None)
    assert panel_of(sweep).rows() == []


def test_a_failure_is_said_and_it_can_go_again(sweep: SweepController, settle: Callable[[], None]) -> None:
    """The fake engine has no model open."""
    sweep.set_checkpoint(open_checkpoint(Path(demo_directory())))
    measure, cancel = panel_of(sweep).buttons()
    measure.click()  # type: ignore[attr-defined]
    assert cancel.isVisible()
    settle()
    assert measure.isVisible()
    assert measure.isEnabled()
    assert "No model is open" in panel_of(sweep)._stage.whole_text()
