"""The calculator from its fields and edges to its answers, with real clicks, drags and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.calculator.rooms import THIS_MACHINE
from app.catalogue import built_in_cards
from app.controllers.calculator import CalculatorController
from app.controllers.calculator_source import SubjectSource
from app.subjects import read_subject
from app.worker import Cancel
from gpu.calculator.subject import Subject
from gpu.errors import RequestError
from tests.app.calculator.cases import GIB, SMALL, asked, room
from tests.patience import PATIENCE_S
from tests.views.controls import pick
from views.calculator import CalculatorPanel
from views.calculator.bar import TOTAL
from views.calculator.memory_page import MemoryPage
from views.calculator.speed import SpeedPage
from views.calculator.table import Table
from views.theme import Theme


def fetch(repo: str, cancel: Cancel) -> Subject:
    if repo == "owner/slow":
        while not cancel():
            pass
    if repo != "owner/model":
        raise RequestError(f"The Hub has no model '{repo}'.")
    return SMALL.renamed(repo)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> CalculatorPanel:
    result = CalculatorPanel(theme)
    qtbot.addWidget(result)
    result.resize(1200, 640)
    return result


@pytest.fixture
def calculator(panel: CalculatorPanel) -> Iterator[CalculatorController]:
    result = CalculatorController(panel, SubjectSource(read_subject, fetch), built_in_cards())
    panel.show()
    yield result
    result.stop(PATIENCE_S)


@pytest.fixture
def settle(qtbot: QtBot, calculator: CalculatorController) -> Callable[[], None]:
    """Waits until everything asked is answered."""
    return lambda: qtbot.waitUntil(lambda: calculator.is_settled)


@pytest.fixture
def small(calculator: CalculatorController, settle: Callable[[], None]) -> CalculatorController:
    """Asked about a small model on four GiB."""
    calculator.set_machine(replace(room(4 * GIB), key=THIS_MACHINE))
    calculator.edit("source", "qwen3-0.6b")
    settle()
    return calculator


def line(panel: CalculatorPanel, key: str) -> QLineEdit:
    control = panel.form.field(key).control()
    return cast(QLineEdit, control)


def write(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)


def test_a_model_is_picked_and_the_verdict_follows(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    assert panel.verdict.sentence().startswith("Fits this machine's RTX 3060 and leaves")
    pick(qtbot, panel.form.field("source").control(), "Qwen3-32B")
    settle()
    assert small.wishes.source == "qwen3-32b"
    assert panel.verdict.sentence().startswith("Does not fit this machine's RTX 3060: ")


def test_a_typed_unit_is_understood_and_nonsense_is_said_beside_it(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    write(qtbot, line(panel, "context"), "16k")
    settle()
    assert small.answer is not None
    assert small.answer.estimate.inputs.context_tokens == 16_384
    qtbot.keyClicks(line(panel, "context"), "x")
    settle()
    assert "is not a number of tokens" in panel.form.field("context").error()
    assert small.answer.estimate.inputs.context_tokens == 16_384, "the last answer stays on show"
    assert line(panel, "context").text() == "16kx", "and what was typed too"


def test_dragging_the_cache_turns_the_context_as_far_as_it_is_pulled(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    before = panel.bar.x_of(GIB)
    edge = panel.bar.edge("kv_cache")
    start = edge.geometry().center().x()
    qtbot.mousePress(edge, Qt.MouseButton.LeftButton, pos=QPoint(7, 12))
    for _ in range(3):
        qtbot.mouseMove(edge, QPoint(7 + 30, 12))
        qtbot.waitUntil(lambda: small.worker.is_idle)
        assert panel.bar.x_of(GIB) == before, "the scale stands still"
    assert edge.geometry().center().x() == pytest.approx(start + 90, abs=9), "within a step of 256 tokens"
    qtbot.mouseRelease(edge, Qt.MouseButton.LeftButton, pos=QPoint(7, 12))
    settle()
    assert int(small.wishes.context) > 9000
    assert line(panel, "context").text() == small.wishes.context


def test_what_is_dragged_beyond_the_card_makes_others_give_way_unless_locked(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    small.set_machine(replace(room(2 * GIB), key=THIS_MACHINE))
    small.edit("context", "10k")
    settle()
    qtbot.mouseClick(panel.form.field("kv_bits").lock(), Qt.MouseButton.LeftButton)
    for _ in range(6):
        qtbot.keyClick(panel.bar.edge("weights"), Qt.Key.Key_Right)
    settle()
    assert small.wishes.weight_bits == "16"
    assert small.wishes.kv_bits == "16", "it is locked"
    assert int(small.wishes.context) < 10_240
    assert panel.ways.moved().startswith("To fit: 10,240 tokens became ")
    assert panel.verdict.sentence().startswith("Fits")


def test_the_edge_of_all_of_it_is_moved_by_keys(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    qtbot.keyClick(panel.bar.edge(TOTAL), Qt.Key.Key_PageUp)
    settle()
    assert int(small.wishes.context) > 8192
    assert "kv_cache" in panel.bar.edges()
    for key in ("context", "batch", "chats", "kv_bits"):
        qtbot.mouseClick(panel.form.field(key).lock(), Qt.MouseButton.LeftButton)
    settle()
    assert "kv_cache" not in panel.bar.edges()


def test_a_late_answer_to_a_move_leaves_what_was_asked_since(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    letters: list[object] = []
    small.worker.told.connect(letters.append)
    qtbot.keyClick(panel.bar.edge(TOTAL), Qt.Key.Key_PageUp)
    settle()
    late = list(letters)
    small.edit("context", "9000")
    settle()
    for letter in late:
        small._show(letter)
    assert small.wishes.context == "9000"


def test_one_click_makes_it_fit(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    small.set_machine(replace(room(GIB), key=THIS_MACHINE))
    settle()
    assert panel.verdict.sentence().startswith("Does not fit")
    qtbot.mouseClick(panel.ways.buttons()[0], Qt.MouseButton.LeftButton)
    settle()
    assert panel.verdict.sentence().startswith("Fits")


def test_a_row_of_the_largest_contexts_is_used(
    panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    page = panel.page(MemoryPage, "memory")
    assert page is not None
    row = next(cells for cells in page.largest.rows() if cells[0] == "W8A8")
    page.largest.chosen.emit(f"W8A8 {row[1].replace(',', '')}")
    settle()
    assert (small.wishes.weight_bits, small.wishes.context) == ("8", row[1].replace(",", ""))


def test_every_page_is_filled_when_it_is_turned_to(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    for key in ("bytes", "engines"):
        qtbot.mouseClick(panel.pages.button(key), Qt.MouseButton.LeftButton)
        settle()
        table = panel.page(Table, key)
        assert table is not None
        assert len(table.rows()) > 3
    qtbot.mouseClick(panel.pages.button("speed"), Qt.MouseButton.LeftButton)
    settle()
    speed = panel.page(SpeedPage, "speed")
    assert speed is not None
    assert speed.decode.text().startswith("Decode is bound by bytes")
    speed.choices.chosen.emit("0")
    settle()
    assert small.wishes.weight_bits == "16"


def test_a_model_on_the_hub_is_fetched_refused_and_cancelled(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    small.edit("source", "hub")
    small.edit("repo", "owner/none")
    qtbot.keyClick(line(panel, "repo"), Qt.Key.Key_Return)
    settle()
    assert panel.form.field("repo").error() == "The Hub has no model 'owner/none'."
    small.edit("repo", "owner/slow")
    qtbot.keyClick(line(panel, "repo"), Qt.Key.Key_Return)
    panel.reading_cancelled.emit()
    settle()
    assert panel.form.field("repo").error() == ""
    small.edit("repo", "owner/model")
    qtbot.keyClick(line(panel, "repo"), Qt.Key.Key_Return)
    settle()
    assert panel.verdict.detail().startswith("owner/model · W4A8")


def test_the_loaded_model_is_reckoned_with_as_it_was_loaded(
    panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    loaded = replace(asked("W8A8", 4096), subject=SMALL.renamed("mine"), driver_bytes=5 * 2**20)
    small.set_loaded("Mine", loaded)
    settle()
    assert (small.wishes.source, small.wishes.context) == ("loaded", "4096")
    assert panel.verdict.detail().startswith("mine · W8A8 · 4,096 tokens")
    assert "Driver" in panel.bar.accessibleDescription()
    small.set_loaded("", None)
    settle()
    assert small.wishes.source == "qwen3-8b"


def test_a_file_is_read_and_a_missing_one_is_a_sentence(
    panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    panel.dropped.emit("/nowhere/model.gguf")
    settle()
    assert panel.form.field("path").error()
    panel.dropped.emit("demo")
    settle()
    assert small.answer is not None
    assert small.answer.estimate.inputs.subject.shape.layers == 6


def test_everything_is_copied_as_text_and_put_back(
    qtbot: QtBot, panel: CalculatorPanel, small: CalculatorController, settle: Callable[[], None]
) -> None:
    qtbot.mouseClick(panel.verdict.copy_button(), Qt.MouseButton.LeftButton)
    text = QApplication.clipboard().text()
    assert text.startswith("Fits this machine's RTX 3060")
    assert "2 · 28 · 8 · 128 · 8192 · 2 B" in text
    write(qtbot, line(panel, "context"), "x")
    qtbot.mouseClick(panel.verdict.reset_button(), Qt.MouseButton.LeftButton)
    settle()
    assert line(panel, "context").text() == "8k"
    assert small.wishes.card == THIS_MACHINE
