from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from app.controllers.memory import MemoryController
from app.engine_thread import EngineThread
from app.messages import MemoryUse, ModelWish
from tests.app.fake_engine import facts_for
from views.memory import MemoryPanel
from views.theme import Theme


def test_the_ledger_is_on_show_as_soon_as_the_model_is_open(
    qtbot: QtBot, theme: Theme, engine: EngineThread, settle: Callable[[], None]
) -> None:
    panel = MemoryPanel(theme)
    qtbot.addWidget(panel)
    memory = MemoryController(panel, engine)
    told: list[MemoryUse] = []
    memory.changed.connect(told.append)
    engine.open(ModelWish("demo"))
    settle()
    memory.set_model(facts_for(ModelWish("demo")))
    assert [row[:2] for row in panel.rows()] == [("Weights", "1.00 GiB"), ("Weight scales", "128.00 MiB")]
    assert "of 24.00 GiB" in panel.total()
    assert dict(told[-1].by_purpose)["weights"] == 2**30
    memory.set_model(None)
    assert panel.rows() == []


def test_a_ledger_that_came_before_the_model_was_known_is_told_of_it(
    qtbot: QtBot, theme: Theme, engine: EngineThread, settle: Callable[[], None]
) -> None:
    panel = MemoryPanel(theme)
    qtbot.addWidget(panel)
    memory = MemoryController(panel, engine)
    engine.open(ModelWish("demo"))
    settle()
    memory._timer.timeout.emit()
    memory.set_model(facts_for(ModelWish("demo")))
    assert panel.headline().startswith("W4A8: weights")
