"""The outlier browser on captures made up, and on an engine that has no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from app.controllers.outliers import OutliersController
from app.engine_thread import EngineThread
from app.messages import ModelWish
from app.sources import Sources
from app.tasks.capture import ColumnsRead
from app.tasks.knockout import KnockedOut
from gpu.probes.capture_file import load_capture, save_capture
from gpu.probes.captured import Capture
from gpu.probes.knockout import Knockout, Score
from gpu.probes.saliency import Worth
from tests.app.controllers.test_outlier_live import followed
from tests.app.fake_engine import facts_for
from tests.gpu.probes.test_verdicts import CHANNELS, QKV, TOKENS, planned
from views.fields import ChoiceBox
from views.frames.outliers import CriteriaFrame
from views.outliers import OutliersPanel
from views.theme import Theme

SITE = QKV.format(1)


def spiked() -> Capture:
    rows = np.random.default_rng(0).uniform(0.5, 1, (TOKENS, CHANNELS)).astype(np.float32)
    return planned({(SITE, 7): 50.0, ("layers.2.mlp.down_proj", 3): 90.0}, values={SITE: rows})


@pytest.fixture
def panel(theme: Theme, qtbot) -> OutliersPanel:
    result = OutliersPanel(theme)
    qtbot.addWidget(result)
    result.resize(1100, 640)
    result.show()
    return result


@pytest.fixture
def outliers(panel: OutliersPanel, engine: EngineThread) -> Iterator[OutliersController]:
    controller = OutliersController(panel, engine, Sources(lambda: None, lambda: ("One?",)))
    controller.set_model(facts_for(ModelWish("demo")))
    panel.picks.kind_chosen.emit("self_attn.qkv_proj")
    yield controller
    controller.stop()


def test_a_capture_fills_every_page(outliers: OutliersController, panel: OutliersPanel, qtbot) -> None:
    outliers.add("first", spiked())
    assert panel.map.cell_at(*centre(panel)) != (-1, -1)
    assert len(panel.verdicts.visible_rows()) == 2
    panel.map.pinned.emit(1, 7)
    assert panel.tab() == "channel"
    assert "rank" not in panel.channel.facts()
    outliers._hear(ColumnsRead(SITE, np.ones(CHANNELS, np.float32), np.ones(CHANNELS, np.float32)))
    assert "AWQ saliency" in panel.channel.facts()
    qtbot.waitUntil(lambda: panel.profile.levels()[1][0] == "one scale")
    panel.map.hovered.emit(1, 7)
    assert "channel 7" in panel.readout()


def centre(panel: OutliersPanel) -> tuple[float, float]:
    point = panel.map.area().center()
    return point.x(), point.y()


def test_a_row_of_the_table_brings_its_kind_of_site(
    outliers: OutliersController, panel: OutliersPanel
) -> None:
    outliers.add("first", spiked())
    numbers = {row[1]: i for i, row in enumerate(panel.verdicts.visible_rows())}
    panel.verdicts.channel_chosen.emit(numbers["layers.2.mlp.down_proj"])
    assert panel.map._frame.pinned == (2, 3)


def test_the_second_capture_is_compared_with_the_first(
    outliers: OutliersController, panel: OutliersPanel
) -> None:
    outliers.add("text", planned({}))
    outliers.add("text", spiked())
    assert panel.source._capture.key() == "text (2)"
    assert panel.drift._other.key() == "text"
    panel.source.capture_chosen.emit("text")
    assert outliers.capture is not None
    assert panel.drift._other.key() == "text (2)"


def test_captures_and_exports_go_through_files(
    outliers: OutliersController, panel: OutliersPanel, tmp_path: Path
) -> None:
    outliers.add("first", spiked())
    for plot in panel.tools:
        for kind in ("png", "svg", "csv", "npz"):
            outliers.files.export(plot, kind, tmp_path / f"{plot}.{kind}")
            assert "Written" in panel.source.note()
    assert SITE in (tmp_path / "verdicts.csv").read_text()
    with np.load(tmp_path / "map.npz") as stored:
        np.testing.assert_array_equal(stored[f"{SITE}/absmax"], spiked().sites[SITE].absmax)
    lines = (tmp_path / "map.csv").read_text().splitlines()
    assert len(lines) == CHANNELS + 1
    assert lines[8].startswith("7,")
    panel.export_wanted.emit("map", "copy")
    assert "Copied" in panel.source.note()
    assert QGuiApplication.clipboard().pixmap().width() == panel.tools["map"].plot.width()
    path = tmp_path / "c.safetensors"
    outliers.files.write(path, lambda temporary: save_capture(spiked(), temporary))
    assert load_capture(path).tokens == TOKENS
    outliers.files.open(path)
    assert outliers.capture is not None
    path.write_bytes(b"broken")
    outliers.files.open(path)
    assert "safetensors" in panel.source.note()


@pytest.mark.usefixtures("outliers")
def test_a_capture_that_cannot_be_taken_says_why(panel: OutliersPanel, settle: Callable[[], None]) -> None:
    panel.source.capture_requested.emit()
    assert panel.source._go.text() == "Cancel"
    settle()
    assert "No model is open" in panel.source.note()
    assert panel.source._go.text() == "Capture"
    panel.source.source_chosen.emit("chat")
    panel.source.capture_requested.emit()
    assert "no answer" in panel.source.note()


def test_a_knock_out_is_asked_for_and_shown(
    outliers: OutliersController, panel: OutliersPanel, settle: Callable[[], None]
) -> None:
    outliers.add("first", spiked())
    panel.knockout.run_requested.emit()
    settle()
    assert "No model is open" in panel.knockout.note()
    score = Score(4.0, 0.5, 0.5)
    outliers.knockout._hear(
        KnockedOut(Knockout(50, 50, 1, 1, score, score, (score,), None, Worth(40.0, 0.9)))
    )
    assert "2208.07339" in panel.knockout.note()
    assert "Little depends" in panel.knockout.verdict()
    panel.knockout.place_chosen.emit("residual")
    panel.knockout.run_requested.emit()
    assert "No channel stands out" in panel.knockout.note()


def test_handles_scales_and_colours_change_the_map(
    outliers: OutliersController, panel: OutliersPanel
) -> None:
    outliers.add("first", spiked())
    before = panel.map._frame.codes
    panel.bar.levels_chosen.emit(0.0, 0.3)
    assert panel.map._frame.codes.sum() > before.sum()
    panel.picks.scale_chosen.emit("rank")
    assert panel.map._frame.handles == (0, 1)
    panel.picks.palette_chosen.emit("magma")
    assert panel.map._frame.palette == "magma"
    panel.picks.sort_toggled.emit(True)
    assert panel.map._frame.column_ids[0] == 7


def test_turning_a_threshold_judges_anew(outliers: OutliersController, panel: OutliersPanel) -> None:
    outliers.add("first", spiked())
    assert any("feature" in row[4] for row in panel.verdicts.visible_rows())
    panel.verdicts.criteria.chosen.emit(CriteriaFrame(feature_layers=100))
    assert not any("feature" in row[4] for row in panel.verdicts.visible_rows())


def test_the_token_map_follows_the_chat_and_goes_back_to_the_capture(
    outliers: OutliersController, panel: OutliersPanel, engine: EngineThread, qtbot
) -> None:
    outliers.add("first", spiked())
    panel.show_tab("tokens")
    panel.map.pinned.emit(0, 5)
    with qtbot.waitSignal(outliers.tokens.followed) as caught:
        panel.tokens._follow.setChecked(True)
    assert caught.args == ["layers.0.self_attn.qkv_proj"]
    engine.said.emit(followed(0, b"One", site=SITE, channels=CHANNELS))
    qtbot.waitUntil(lambda: panel.tokens.map._frame.key == f"live {SITE}")
    panel.tokens.pinned.emit(0, 7)
    assert "channel 7" in panel.channel._title.text()
    panel.tokens._follow.setChecked(False)
    assert panel.tokens.map._frame.codes.shape == (TOKENS, CHANNELS)


def test_a_token_opened_in_the_chat_takes_the_place_of_the_one_before(
    outliers: OutliersController, panel: OutliersPanel
) -> None:
    outliers.add("first", spiked())
    panel.tokens._follow.setChecked(True)
    outliers.show_token("token 3 «a»", planned({(QKV.format(0), 5): 70.0}))
    assert panel.tab() == "tokens"
    assert not panel.tokens._follow.isChecked()
    assert panel.map._frame.pinned == (0, 5)
    outliers.show_token("token 4 «b»", planned({(QKV.format(0), 9): 70.0}))
    assert outliers._shelf.names == ("first", "token 4 «b»")
    assert panel.source._capture.key() == "token 4 «b»"
    assert panel.drift._other.key() == "first"
    assert panel.map._frame.pinned == (0, 9)


def test_the_last_capture_closed_leaves_nothing_on_the_pages(
    outliers: OutliersController, panel: OutliersPanel, qtbot
) -> None:
    outliers.add("first", spiked())
    outliers.add("second", planned({}))
    panel.map.pinned.emit(1, 7)
    panel.source.close_requested.emit()
    assert panel.source._capture.key() == "first"
    qtbot.waitUntil(lambda: outliers.profile.is_idle)
    panel.source.close_requested.emit()
    qtbot.waitUntil(lambda: outliers.profile.is_idle)
    assert outliers.capture is None
    assert panel.map._frame.empty
    assert panel.tokens.map._frame.empty
    assert panel.verdicts.visible_rows() == []
    assert "Click a channel" in outliers.profile.frame.note
    assert panel.source.note() == ""


def test_captures_taken_together_are_compared(outliers: OutliersController, panel: OutliersPanel) -> None:
    outliers.taking.captured.emit((("Thinking", planned({})), ("Answer", spiked())))
    assert panel.tab() == "drift"
    assert (panel.source._capture.key(), panel.drift._other.key()) == ("Answer", "Thinking")
    assert "Thinking" in panel.drift._note.text()
    panel.drift.page.hovered.emit(1, 7)
    assert "channel 7" in panel.drift.page.readout()
    panel.drift.page.pinned.emit(1, 7)
    assert panel.map._frame.pinned == (1, 7)


def test_nothing_is_cut_in_a_window_of_1280_pixels(
    outliers: OutliersController, panel: OutliersPanel
) -> None:
    outliers.add("first", spiked())
    panel.resize(1190, 640)
    boxes = [box for part in (panel.picks, panel.picks.colours) for box in part.findChildren(ChoiceBox)]
    assert len(boxes) == 4
    assert all(box.width() >= box.sizeHint().width() for box in boxes)
