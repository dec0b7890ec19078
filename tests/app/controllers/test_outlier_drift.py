from __future__ import annotations

import pytest

from app.controllers.outlier_drift import DriftController
from app.controllers.outlier_shelf import Shelf
from app.presenters.outliers import MapPick
from tests.gpu.probes.test_verdicts import QKV, planned
from views.frames.outliers import MatchFrame
from views.outliers.drift import DriftPage
from views.theme import Theme

SITE = QKV.format(1)
PICK = MapPick(kind="self_attn.qkv_proj")


@pytest.fixture
def page(theme: Theme, qtbot) -> DriftPage:
    result = DriftPage(theme)
    qtbot.addWidget(result)
    return result


@pytest.fixture
def drift(page: DriftPage) -> DriftController:
    shelf = Shelf()
    shelf.put("calm", planned({}))
    shelf.put("calmer", planned({}))
    shelf.put("spiked", planned({(SITE, 7): 100.0}))
    shelf.shown = "calm"
    result = DriftController(page, shelf)
    shelf.compare_with("spiked")
    result.show(PICK)
    return result


@pytest.mark.usefixtures("drift")
def test_thresholds_turn_the_verdict_at_once(page: DriftPage) -> None:
    assert "show matches spiked" in page._note.text()
    page.match.chosen.emit(MatchFrame(matching=0.1, mostly=0.1))
    assert "does not match spiked" in page._note.text()
    page.other_chosen.emit("calmer")
    assert "show matches calmer" in page._note.text()


def test_a_cell_is_read_and_pinned(drift: DriftController, page: DriftPage, qtbot) -> None:
    page.page.hovered.emit(1, 7)
    assert "100 there" in page.page.readout()
    with qtbot.waitSignal(drift.pinned) as caught:
        page.page.pinned.emit(1, 7)
    assert caught.args == [SITE, 7]
