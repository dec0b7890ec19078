from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.controllers.live_map import LiveMap
from gpu.sweep import Rounding
from tests.app.fake_engine import stats_at
from tests.patience import PATIENCE_S

SITE = "layers.1.mlp.down_proj"
INT4 = Rounding.parse("int4@b32")


@pytest.fixture
def live(qapp: object) -> Iterator[LiveMap]:  # noqa: ARG001 - timers need it
    parent = QObject()
    made = LiveMap(INT4, parent)
    yield made
    assert made.worker.stop(PATIENCE_S)


def test_every_token_becomes_a_row(live: LiveMap, qtbot: QtBot) -> None:
    shapes: list[tuple[int, int]] = []
    live.mapped.connect(lambda _source, blocks: shapes.append(blocks.shape))
    live.set_statistics(stats_at(SITE), SITE)
    assert shapes == []
    live.follow(True, INT4)
    with qtbot.waitSignal(live.mapped):
        live.set_statistics(stats_at(SITE), SITE)
    assert shapes == [(1, 2), (2, 2)]
    live.follow(False, INT4)
    live.set_statistics(stats_at(SITE), SITE)
    assert len(shapes) == 2


def test_the_blast_radius_of_activations_follows_slowly(live: LiveMap, qtbot: QtBot) -> None:
    live.set_statistics(stats_at(SITE), SITE)
    with qtbot.waitSignal(live.radius) as told:
        live.follow(True, INT4)
    assert {point.format for point in told.args[0]} == {"int8", "int4"}


def test_no_radius_is_measured_after_the_end(live: LiveMap) -> None:
    live.set_statistics(stats_at(SITE), SITE)
    live.follow(True, INT4)
    assert live._slow.isActive()
    live.follow(False, INT4)
    assert not live._slow.isActive()


def test_nothing_read_yet_is_nothing_shown(live: LiveMap, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(live.mapped):
        live.follow(True, INT4)
    assert not live.has_values
