"""The microscope on the real engine and the demo, worked through its panel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.controllers.microscope import MicroscopeController
from app.engine import GpuEngine
from app.engine_thread import EngineThread
from app.messages import ModelWish
from tests.app.fake_engine import PLANTED, facts_for, stats_at
from tests.patience import PATIENCE_S
from views.microscope import MicroscopePanel
from views.theme import Theme

TENSOR = "model.layers.2.mlp.down_proj.weight"
TEXT = "What does a block scale do? An outlier stretches it, and the rest of the block loses its levels. " * 3


class Bench:
    """A panel on show with everything behind it."""

    def __init__(self, theme: Theme, engine: EngineThread, qtbot: QtBot) -> None:
        self.panel = MicroscopePanel(theme)
        qtbot.addWidget(self.panel)
        self.panel.resize(1200, 640)
        self.controller = MicroscopeController(self.panel, engine, lambda: TEXT)
        self._qtbot = qtbot

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: self.controller.is_settled)

    def options(self) -> dict[str, QAbstractButton]:
        """What if, by label."""
        return {b.accessibleName().partition(": ")[0]: b for b in self.panel.what_if.buttons()}


@pytest.fixture(scope="module")
def opened() -> Iterator[EngineThread]:
    """The demo, opened once."""
    thread = EngineThread(GpuEngine)
    thread.start()
    thread.open(ModelWish("demo"))
    yield thread
    assert thread.stop(PATIENCE_S)


@pytest.fixture
def bench(theme: Theme, opened: EngineThread, qtbot: QtBot) -> Iterator[Bench]:
    qtbot.waitUntil(lambda: opened.is_idle)
    made = Bench(theme, opened, qtbot)
    yield made
    assert made.controller.worker.stop(PATIENCE_S)
    made.controller.deleteLater()


@pytest.fixture
def looking(bench: Bench) -> Bench:
    """Shown, and at the last layer's down projection."""
    bench.panel.show()
    bench.controller.set_model(facts_for(ModelWish("demo")))
    bench.settle()
    return bench


def test_it_opens_on_a_tensor_and_its_worst_block(looking: Bench) -> None:
    title, summary = looking.panel.summary()
    assert title == "model.layers.5.mlp.down_proj.weight"
    assert "of 15 levels left" in summary
    assert looking.panel.block_text()[0].startswith("row ")
    assert "int4" in looking.panel.radius.texts()[1]
    assert "scales per 16" in looking.options()


def test_a_row_of_the_table_dives_in(looking: Bench) -> None:
    looking.panel.tensors.chosen.emit(TENSOR)
    looking.settle()
    assert looking.panel.summary()[0] == TENSOR


def test_other_formats_measure_anew(looking: Bench) -> None:
    for name, levels in (("q4_k", 16), ("int8", 255)):
        looking.panel.format_chosen.emit(name)
        looking.settle()
        assert f"of {levels} levels left" in looking.panel.summary()[1]
    looking.panel.granularity_chosen.emit("tensor")
    looking.settle()
    assert "8 bits a value" in looking.panel.summary()[1]


def test_a_click_on_what_if_takes_it(looking: Bench) -> None:
    looking.options()["scales per 16"].click()
    looking.settle()
    assert "5 bits a value" in looking.panel.summary()[1]
    assert "as it is" in looking.options()


def test_what_was_measured_of_a_former_wish_is_dropped(looking: Bench) -> None:
    letters: list[object] = []
    looking.controller.worker.told.connect(letters.append)
    looking.panel.format_chosen.emit("int8")
    looking.settle()
    late = list(letters)
    looking.panel.format_chosen.emit("q4_k")
    looking.settle()
    for letter in late:
        looking.controller._take(letter)
    assert "of 16 levels left" in looking.panel.summary()[1]
    assert "scales per 16" not in looking.options(), "Q4_K has blocks of its own"


def test_dragging_the_threshold_moves_the_error(looking: Bench, qtbot: QtBot) -> None:
    ruler, left = looking.panel.ruler, Qt.MouseButton.LeftButton
    before = looking.panel.block_text()[1]
    qtbot.mousePress(ruler, left, pos=QPoint(ruler.width() - 30, 60))
    qtbot.mouseMove(ruler, QPoint(ruler.width() // 2 + 40, 60))
    qtbot.mouseRelease(ruler, left, pos=QPoint(ruler.width() // 2 + 40, 60))
    after = looking.panel.block_text()[1]
    assert after != before
    assert "× that at T*" in after


def test_captured_activations_show_what_reaches_the_output(looking: Bench) -> None:
    looking.panel.output.action().click()
    looking.settle()
    looking.settle()
    rows = looking.panel.output.buttons()
    assert rows[0].accessibleName().startswith("row ")
    looking.panel.colour_chosen.emit("output")
    rows[3].click()
    assert looking.panel.block_text()[0].startswith(rows[3].accessibleName().partition(":")[0])
    assert "smooth, α = 0.5" in looking.options()


def test_every_tensor_is_measured_beside_another_format(looking: Bench) -> None:
    looking.panel.tensors.versus_chosen.emit("q8_0")
    looking.panel.tensors.buttons()[0].click()
    looking.settle()
    looking.settle()
    rows = looking.panel.tensors.rows()
    assert len(rows) == 43
    four, eight = (float(rows[0][column]) for column in (1, 5))
    assert four < eight
    down = next(row for row in rows if row[0] == "5.down_proj")
    assert float(down[3].rstrip("%")) > float(down[7].rstrip("%")) > 0
    assert len(looking.panel.tensors.strip.dots()) == 2 * 43


def test_live_it_follows_the_spikes(bench: Bench, qtbot: QtBot) -> None:
    bench.panel.show()
    watched: list[bool] = []
    bench.controller.watching_changed.connect(watched.append)
    bench.controller.set_statistics(stats_at("layers.1.mlp.down_proj"), "layers.1.mlp.down_proj")
    bench.panel.live_toggled.emit(True)
    bench.controller.set_statistics(stats_at("layers.1.mlp.down_proj"), "layers.1.mlp.down_proj")
    qtbot.waitUntil(lambda: bench.panel.map._frame.values.shape == (2, 2))
    assert watched[-1] is True
    assert "layers.1.mlp.down_proj" in bench.panel.summary()[0]
    assert bench.panel.block_text()[0].startswith("token 0 · block 0")
    assert bench.panel.ruler._frame.setter == PLANTED
    assert np.isfinite(bench.panel.map._frame.values).all()


def test_without_a_model_nothing_is_offered(bench: Bench) -> None:
    bench.panel.show()
    bench.settle()
    assert bench.panel.summary() == ("", "")
    assert not bench.panel.tensors.buttons()[0].isEnabled()
