from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from app.controllers.spikes import SpikesController
from app.engine_thread import EngineThread
from app.messages import ModelWish, Question, Turn
from gpu.events import ChannelStats
from tests.app.fake_engine import PLANTED, Script, facts_for
from tests.views.controls import named
from views.spikes import SpikesPanel
from views.theme import Theme

SITE = "layers.1.mlp.gate_up_proj"


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> SpikesPanel:
    result = SpikesPanel(theme)
    qtbot.addWidget(result)
    return result


@pytest.fixture
def spikes(panel: SpikesPanel, engine: EngineThread) -> SpikesController:
    controller = SpikesController(panel, engine)
    controller.set_model(facts_for(ModelWish("demo")))
    return controller


@pytest.fixture
def seen(spikes: SpikesController) -> list[tuple[ChannelStats | None, str]]:
    result: list[tuple[ChannelStats | None, str]] = []
    spikes.statistics_changed.connect(lambda stats, site: result.append((stats, site)))
    return result


def run(engine: EngineThread, spikes: SpikesController, settle: Callable[[], None]) -> None:
    spikes.set_running(True)
    engine.ask(Question((Turn("user", "Why?"),), probe=spikes.probe()))
    settle()
    spikes.set_running(False)


def test_what_another_panel_follows_is_read_even_where_nothing_is_live(
    spikes: SpikesController, panel: SpikesPanel
) -> None:
    panel.live_toggled.emit(False)
    assert spikes.probe() is None
    spikes.follow(SITE)
    probe = spikes.probe()
    assert probe is not None
    assert (probe.followed, probe.sites) == (SITE, frozenset())
    spikes.follow("")
    assert spikes.probe() is None


def test_an_answer_is_probed_at_the_site_on_show(
    spikes: SpikesController, panel: SpikesPanel, engine: EngineThread, settle: Callable[[], None]
) -> None:
    assert spikes.site == SITE
    run(engine, spikes, settle)
    assert [row[0] for row in panel.outlier_rows()] == [str(PLANTED)]


def test_the_last_statistics_are_shown_when_the_answer_ends(
    spikes: SpikesController,
    engine: EngineThread,
    settle: Callable[[], None],
    seen: list[tuple[ChannelStats | None, str]],
) -> None:
    run(engine, spikes, settle)
    stats, site = seen[-1]
    assert stats is not None
    assert (stats.tokens, site) == (8, SITE)


def test_picking_another_site_between_answers_reads_it_once(
    qtbot: QtBot,
    spikes: SpikesController,
    panel: SpikesPanel,
    seen: list[tuple[ChannelStats | None, str]],
) -> None:
    panel.kind_chosen.emit("lm_head")
    assert seen[-1] == (None, "lm_head")
    qtbot.waitUntil(lambda: seen[-1][0] is not None)
    stats, site = seen[-1]
    assert stats is not None
    assert stats.site == site == spikes.site == "lm_head"
    assert not spikes._timer.isActive()


def test_picking_another_layer_while_it_answers_moves_the_live_probe(
    qtbot: QtBot, spikes: SpikesController, panel: SpikesPanel, engine: EngineThread, script: Script
) -> None:
    script.hold = threading.Event()
    spikes.set_running(True)
    probe = spikes.probe()
    assert probe is not None
    engine.ask(Question((Turn("user", "Why?"),), probe=probe))
    box = named(panel, QSpinBox, "Layer")
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert probe.sites == {"layers.0.mlp.gate_up_proj"}
    script.hold.set()


def test_what_nobody_sees_is_not_read(spikes: SpikesController) -> None:
    probe = spikes.probe()
    assert probe is not None
    spikes.set_watched(False)
    assert probe.sites == frozenset()
    spikes.set_watched(True)
    assert probe.sites == {SITE}


def test_live_off_leaves_the_probes_off(spikes: SpikesController, panel: SpikesPanel) -> None:
    panel.live_toggled.emit(False)
    assert spikes.probe() is None
    panel.live_toggled.emit(True)
    assert spikes.probe() is not None


def test_another_statistic_is_drawn_from_what_was_read(
    spikes: SpikesController, panel: SpikesPanel, engine: EngineThread, settle: Callable[[], None]
) -> None:
    run(engine, spikes, settle)
    before = panel.outlier_rows()
    panel.statistic_chosen.emit("mean_abs")
    assert [row[0] for row in panel.outlier_rows()] == [row[0] for row in before]
    assert panel.outlier_rows() != before


def test_statistics_of_a_former_site_are_dropped(
    spikes: SpikesController,
    engine: EngineThread,
    settle: Callable[[], None],
    seen: list[tuple[ChannelStats | None, str]],
) -> None:
    engine.read("lm_head")
    settle()
    spikes._poll()
    assert seen == []


def test_without_a_model_there_is_nothing_to_pick(spikes: SpikesController, panel: SpikesPanel) -> None:
    spikes.set_model(None)
    assert spikes.site == ""
    assert not named(panel, QSpinBox, "Layer").isEnabled()


def test_a_single_token_is_shown_and_named_until_the_next_answer(
    qtbot: QtBot,
    spikes: SpikesController,
    panel: SpikesPanel,
    engine: EngineThread,
    settle: Callable[[], None],
) -> None:
    def notes() -> str:
        return " ".join(found.text() for found in panel.findChildren(QLabel))

    spikes.show_token("token 57 «cliff»")
    qtbot.waitUntil(lambda: len(panel.outlier_rows()) > 0)
    assert "token 57 «cliff»" in notes()
    run(engine, spikes, settle)
    assert "cliff" not in notes()
