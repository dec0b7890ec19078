"""Pickers report what the person picks and nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyleOptionComboBox

from views.fields import ChoiceBox, DecimalBox, WholeBox
from views.frames import Choice

CHOICES = (Choice("a", "Alpha", "first"), Choice("b", "Beta", enabled=False), Choice("c", "Gamma"))


def box(qtbot) -> ChoiceBox:
    result = ChoiceBox("Letter", "Which letter")
    qtbot.addWidget(result)
    result.set_choices(CHOICES, "a")
    return result


def test_shows_the_key_it_is_told_without_reporting_it(qtbot) -> None:
    letters = box(qtbot)
    with qtbot.assertNotEmitted(letters.chosen):
        letters.set_choices(CHOICES, "c")
    assert (letters.key(), letters.currentText()) == ("c", "Gamma")


def test_reports_the_key_of_what_is_picked_by_keyboard(qtbot) -> None:
    letters = box(qtbot)
    letters.show()
    with qtbot.waitSignal(letters.chosen) as picked:
        qtbot.keyClick(letters, Qt.Key.Key_Down)
    assert picked.args == ["c"]  # "b" cannot be chosen


def test_unknown_key_shows_nothing(qtbot) -> None:
    letters = box(qtbot)
    letters.set_choices(CHOICES, "z")
    assert letters.key() == ""


def test_an_unchanged_list_is_not_rebuilt(qtbot) -> None:
    letters = box(qtbot)
    with qtbot.assertNotEmitted(letters.model().rowsRemoved):
        letters.set_choices(tuple(CHOICES), "c")
    letters.set_choices(CHOICES[:1], "a")
    assert letters.count() == 1


def test_tooltips_of_entries(qtbot) -> None:
    assert box(qtbot).itemData(0, Qt.ItemDataRole.ToolTipRole) == "first"


def test_number_fields_step_by_arrow_keys_and_can_be_painted(qtbot) -> None:
    for number in (WholeBox("Top-k", "k"), DecimalBox("Top-p", "p")):
        qtbot.addWidget(number)
        number.show()
        qtbot.keyClick(number, Qt.Key.Key_Up)
        assert number.value() == number.singleStep()
        assert not number.grab().isNull()


@pytest.mark.usefixtures("theme")
def test_a_choice_that_does_not_fit_ends_in_an_ellipsis(qtbot) -> None:
    box = ChoiceBox("Site", "")
    qtbot.addWidget(box)
    box.set_choices([Choice("a", "MLP in (gate_up_proj)")], "a")
    box.show()

    def drawn(width: int) -> str:
        box.resize(width, box.height())
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        return option.currentText

    assert drawn(box.sizeHint().width()) == "MLP in (gate_up_proj)"
    assert drawn(110).endswith("…")
    assert box.minimumSizeHint().width() <= 90
