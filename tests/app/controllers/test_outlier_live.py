from __future__ import annotations

import pytest

from app.controllers.outlier_live import LiveTokens
from app.engine_thread import EngineThread
from app.messages import Traced
from app.presenters.outliers import MapPick
from app.token_trace import TraceEntry
from gpu.events import PromptProgress
from gpu.token_detail import TokenDetail
from tests.app.fake_engine import PLANTED, stats_at

SITE = "layers.1.mlp.down_proj"


@pytest.fixture
def live(engine: EngineThread) -> LiveTokens:
    result = LiveTokens(engine, engine)
    result.follow(True)
    return result


def names(live: LiveTokens) -> list[str]:
    return [name for name in live.frame(MapPick(), None).row_names if name]


def answer(engine: EngineThread, run_id: int, *pieces: bytes) -> None:
    engine.said.emit(PromptProgress(run_id, 5, 5, 2))
    for piece in pieces:
        engine.said.emit(Traced(run_id, TraceEntry(TokenDetail(1, 0.5, 0.5, 0.5, (), ()), piece)))


def test_tokens_arrive_as_rows_with_their_texts(live: LiveTokens, engine: EngineThread) -> None:
    answer(engine, 1, b"One", b" scale")
    live.set_statistics(stats_at(SITE, tokens=4), SITE)
    live.set_statistics(stats_at(SITE, tokens=5), SITE)
    live.set_statistics(stats_at(SITE, tokens=5), SITE)
    assert names(live) == ["One", "scale"]
    answer(engine, 2, b"Two")
    assert names(live) == []
    live.set_statistics(stats_at(SITE, 2, tokens=4), SITE)
    assert names(live) == ["Two"]


def test_another_site_begins_anew_and_off_collects_nothing(live: LiveTokens) -> None:
    live.set_statistics(stats_at(SITE), SITE)
    live.set_statistics(stats_at("layers.0", channels=32), "layers.0")
    assert len(names(live)) == 1
    assert live.site == "layers.0"
    live.follow(False)
    live.set_statistics(stats_at(SITE), SITE)
    live.set_statistics(None, SITE)
    assert names(live) == []


def test_a_token_opened_in_the_chat_is_pinned_by_name(live: LiveTokens) -> None:
    live.set_statistics(stats_at(SITE, tokens=4), SITE)
    live.show_token("token 2 «scale»")
    live.set_statistics(stats_at(SITE, tokens=1), SITE)
    frame = live.frame(MapPick(), None)
    assert frame.pinned is not None
    assert frame.row_names[frame.pinned[0]] == "token 2 «scale»"
    assert frame.pinned[1] == PLANTED
