from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.damage import DamageController
from tests.app.fake_engine import PLANTED, stats_at
from views.damage import DamagePanel
from views.theme import Theme

SITE = "layers.1.mlp.down_proj"


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> DamagePanel:
    result = DamagePanel(theme)
    qtbot.addWidget(result)
    return result


@pytest.fixture
def damage(panel: DamagePanel) -> DamageController:
    return DamageController(panel)


def test_statistics_are_measured_and_drawn_soon(
    qtbot: QtBot, damage: DamageController, panel: DamagePanel
) -> None:
    damage.set_statistics(stats_at(SITE), SITE)
    qtbot.waitUntil(lambda: f"channel {PLANTED}" in panel.worst())
    assert "of 255 levels" in panel.totals()


def test_another_format_and_granularity_are_measured_at_once(
    qtbot: QtBot, damage: DamageController, panel: DamagePanel
) -> None:
    damage.set_statistics(stats_at(SITE), SITE)
    qtbot.waitUntil(lambda: bool(panel.totals()))
    panel.format_chosen.emit("int4")
    panel.granularity_chosen.emit("token")
    assert panel.totals().startswith("int4, one scale per token")


def test_what_nobody_sees_is_measured_when_it_is_seen_again(
    qtbot: QtBot, damage: DamageController, panel: DamagePanel
) -> None:
    damage.set_watched(False)
    damage.set_statistics(stats_at(SITE), SITE)
    qtbot.waitUntil(lambda: not damage._timer.isActive())
    assert panel.totals() == ""
    damage.set_watched(True)
    assert panel.totals() != ""


def test_the_bars_go_when_another_site_was_picked(
    qtbot: QtBot, damage: DamageController, panel: DamagePanel
) -> None:
    damage.set_statistics(stats_at(SITE), SITE)
    qtbot.waitUntil(lambda: bool(panel.totals()))
    damage.set_statistics(None, "lm_head")
    qtbot.waitUntil(lambda: not panel.totals())
