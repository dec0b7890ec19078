"""The sampling popover says what was set, whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QPlainTextEdit, QPushButton, QSpinBox, QToolButton, QWidget

from tests.views.controls import named
from views.chat.sampling import SamplingPopover
from views.frames import SamplingFrame

DEFAULT = SamplingFrame(temperature=0.6, top_p=0.95)
SET = SamplingFrame(
    temperature=1.25,
    top_k=40,
    top_p=0.9,
    min_p=0.05,
    repetition_penalty=1.1,
    presence_penalty=-0.5,
    seed=7,
    max_tokens=512,
)


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def popover(qtbot) -> SamplingPopover:
    parent = QWidget()
    qtbot.addWidget(parent)
    result = SamplingPopover(parent)
    result.set_values(DEFAULT, DEFAULT)
    result.parent_kept = parent
    return result


@pytest.mark.parametrize(
    "sampling", [DEFAULT, SET, SamplingFrame(seed=0), SamplingFrame(temperature=0.0, top_k=0)]
)
def test_values_return_as_they_were_shown(popover: SamplingPopover, qtbot, sampling: SamplingFrame) -> None:
    with qtbot.assertNotEmitted(popover.changed):
        popover.set_values(sampling, DEFAULT)
    assert popover.values() == sampling


def test_an_edit_is_reported_whole(popover: SamplingPopover, qtbot) -> None:
    popover.set_values(SET, DEFAULT)
    with qtbot.waitSignal(popover.changed) as changed:
        qtbot.keyClick(named(popover, QDoubleSpinBox, "Temperature"), Qt.Key.Key_Up)
    assert changed.args[0].temperature == pytest.approx(1.3)
    assert changed.args[0].seed == 7


def test_lowest_seed_means_a_fresh_one(popover: SamplingPopover) -> None:
    popover.set_values(SET, DEFAULT)
    seed = named(popover, QSpinBox, "Seed")
    seed.setValue(seed.minimum())
    assert popover.values().seed is None
    assert seed.text() == "fresh"


def test_no_longest_answer_means_no_limit(popover: SamplingPopover) -> None:
    assert popover.values().max_tokens is None
    assert named(popover, QSpinBox, "Longest answer").text() == "no limit"


def test_reset_takes_the_models_defaults(popover: SamplingPopover, qtbot) -> None:
    popover.set_values(SET, DEFAULT)
    with qtbot.waitSignal(popover.changed) as changed:
        qtbot.mouseClick(
            named(popover, QPushButton, "Reset to the model's defaults"), Qt.MouseButton.LeftButton
        )
    assert changed.args == [DEFAULT]
    assert popover.values() == DEFAULT


def test_it_opens_on_the_screen(popover: SamplingPopover, qtbot) -> None:
    button = QPushButton("Sampling")
    qtbot.addWidget(button)
    button.move(0, 0)
    button.show()
    popover.popup_above(button)
    assert button.screen().availableGeometry().contains(popover.geometry())
    popover.hide()


def test_every_number_has_a_range_that_its_tooltip_names_and_a_reset(popover: SamplingPopover, qtbot) -> None:
    popover.show()
    boxes = popover.findChildren(QSpinBox) + popover.findChildren(QDoubleSpinBox)
    assert len(boxes) == 8
    for box in boxes:
        assert f"{box.maximum():,.0f})" in box.toolTip()
        before, name = box.value(), box.accessibleName()
        box.setValue(box.maximum() if before < box.maximum() else box.minimum())
        qtbot.mouseClick(
            named(popover, QToolButton, f"Reset {name[0].lower()}{name[1:]}"), Qt.MouseButton.LeftButton
        )
        assert box.value() == pytest.approx(before)


def test_a_system_prompt_is_told_once_the_person_pauses(popover: SamplingPopover, qtbot) -> None:
    told: list[str] = []
    popover.system_prompt_changed.connect(told.append)
    popover.show()
    qtbot.keyClicks(named(popover, QPlainTextEdit, "System prompt"), "Be")
    assert told == []
    qtbot.waitUntil(lambda: told == ["Be"])


def test_a_system_prompt_is_told_at_once_when_the_popover_closes(popover: SamplingPopover, qtbot) -> None:
    told: list[str] = []
    popover.system_prompt_changed.connect(told.append)
    popover.show()
    qtbot.keyClicks(named(popover, QPlainTextEdit, "System prompt"), "Be brief.")
    popover.hide()
    assert told == ["Be brief."]
