from __future__ import annotations

import numpy as np
import pytest

from app.controllers.outlier_live import LiveTokens
from app.engine_thread import EngineThread
from app.messages import Followed
from app.presenters.outliers import MapPick

SITE = "layers.1.mlp.down_proj"


@pytest.fixture
def live(engine: EngineThread) -> LiveTokens:
    result = LiveTokens(engine, engine)
    result.follow(True)
    return result


def names(live: LiveTokens) -> list[str]:
    return [name for name in live.frame(MapPick(), None).row_names if name]


def followed(first: int, *pieces: bytes, run_id: int = 1, site: str = SITE, channels: int = 64) -> Followed:
    return Followed(run_id, site, first, pieces, np.ones((len(pieces), channels), np.float32))


def test_every_token_is_a_row_with_its_text(live: LiveTokens, engine: EngineThread, qtbot) -> None:
    with qtbot.waitSignals([live.changed] * 2):
        engine.said.emit(followed(0, b"One", b" scale"))
        engine.said.emit(followed(2, b"\n"))
    assert names(live) == ["One", "scale", "⏎"]
    assert live.numbers()[SITE].shape == (3, 64)
    assert "token 2" in live.readout(15, 0)


def test_another_answer_or_site_begins_anew(live: LiveTokens, engine: EngineThread) -> None:
    engine.said.emit(followed(0, b"One"))
    engine.said.emit(followed(0, b"Two", run_id=2))
    assert names(live) == ["Two"]
    engine.said.emit(followed(1, b"Three", run_id=2, site="layers.0", channels=32))
    assert names(live) == ["Three"]
    assert live.site == "layers.0"


def test_the_oldest_make_room_and_off_collects_nothing(live: LiveTokens, engine: EngineThread) -> None:
    for first in range(0, 300, 60):
        engine.said.emit(followed(first, *[b"x"] * 60))
    assert len(names(live)) == 128
    assert "token 299" in live.readout(127, 0)
    live.follow(False)
    engine.said.emit(followed(0, b"One"))
    assert names(live) == []
    assert not live.numbers()
