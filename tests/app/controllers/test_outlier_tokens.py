from __future__ import annotations

import numpy as np
import pytest

from app.controllers.outlier_tokens import TokenPageController
from app.engine_thread import EngineThread
from app.presenters.outliers import MapPick, MapPresenter
from tests.app.controllers.test_outlier_live import followed
from tests.gpu.probes.test_verdicts import CHANNELS, QKV, TOKENS, planned
from views.outliers.tokens import TokensPage
from views.theme import Theme

SITE = QKV.format(1)
PICK = MapPick("self_attn.qkv_proj", is_sorted=True)


@pytest.fixture
def page(theme: Theme, qtbot) -> TokensPage:
    result = TokensPage(theme)
    qtbot.addWidget(result)
    result.show()
    return result


def test_a_click_gives_the_site_and_the_channel_whatever_the_order(
    page: TokensPage, engine: EngineThread, qtbot
) -> None:
    tokens = TokenPageController(page, engine)
    capture = planned({(SITE, 7): 50.0}, values={SITE: np.ones((TOKENS, CHANNELS), np.float32)})
    tokens.set_site(capture, SITE, PICK, MapPresenter(capture, PICK, "a"), None)
    assert page.map._frame.codes.shape == (TOKENS, CHANNELS)
    assert tokens.numbers()[SITE].shape == (TOKENS, CHANNELS)
    with qtbot.waitSignal(tokens.pinned) as caught:
        page.pinned.emit(0, 0)
    assert caught.args == [SITE, 7]
    page.hovered.emit(2, 0)
    assert "channel 7" in page.readout()


def test_many_tokens_are_drawn_at_once(page: TokensPage, engine: EngineThread, qtbot) -> None:
    TokenPageController(page, engine)
    page._follow.setChecked(True)
    drawn = []
    page.set_frame = drawn.append  # type: ignore[method-assign]
    for position in range(39):
        engine.said.emit(followed(position, b"x"))
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) == 1)
    assert len([name for name in drawn[0].row_names if name]) == 39


def test_a_site_is_asked_for_only_while_somebody_looks(page: TokensPage, engine: EngineThread) -> None:
    tokens = TokenPageController(page, engine)
    asked: list[str] = []
    tokens.followed.connect(asked.append)
    tokens.set_wanted(SITE)
    page._follow.setChecked(True)
    tokens.set_wanted("layers.0")
    page.hide()
    page.show()
    page._follow.setChecked(False)
    assert asked == ["", SITE, "layers.0", "", "layers.0", ""]
