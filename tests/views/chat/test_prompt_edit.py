"""The message field: history, long pastes, dropped files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication

from views.chat.prompt_edit import LONGEST_PASTE, PromptEdit

UP, DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down


@pytest.fixture
def edit(qtbot, theme) -> PromptEdit:
    assert theme
    result = PromptEdit()
    qtbot.addWidget(result)
    result.resize(400, 40)
    result.show()
    result.set_history(("first", "second"))
    return result


def test_up_and_down_walk_through_what_was_sent(edit: PromptEdit, qtbot) -> None:
    seen = []
    for key in (UP, UP, UP, DOWN, DOWN):
        qtbot.keyClick(edit, key)
        seen.append(edit.toPlainText())
    assert seen == ["second", "first", "first", "second", ""]


def test_what_is_being_written_is_never_replaced(edit: PromptEdit, qtbot) -> None:
    qtbot.keyClicks(edit, "new")
    qtbot.keyClick(edit, UP)
    assert edit.toPlainText() == "new"
    edit.clear()
    qtbot.keyClick(edit, UP)
    qtbot.keyClicks(edit, "!")
    qtbot.keyClick(edit, UP)
    assert edit.toPlainText() == "second!"


def test_ten_megabytes_become_an_attachment(edit: PromptEdit, qtbot) -> None:
    text = "line of text\n" * 800_000
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(edit.pasted) as pasted:
        edit.paste()
    assert pasted.args == [text]
    assert edit.toPlainText() == ""


def test_a_short_text_is_pasted_as_it_is(edit: PromptEdit) -> None:
    QGuiApplication.clipboard().setText("x" * LONGEST_PASTE)
    edit.paste()
    assert edit.toPlainText() == "x" * LONGEST_PASTE


def test_dropped_text_files_are_taken_and_models_left_to_the_window(
    edit: PromptEdit, qtbot, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("x")
    texts, models = QMimeData(), QMimeData()
    texts.setUrls([QUrl.fromLocalFile(str(path))])
    models.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    assert edit.canInsertFromMimeData(texts)
    assert not edit.canInsertFromMimeData(models)
    with qtbot.waitSignal(edit.files_dropped) as dropped:
        edit.insertFromMimeData(texts)
    assert dropped.args == [[str(path)]]


def test_a_hint_is_one_line_however_narrow_the_field(qtbot, theme) -> None:
    assert theme
    edit = PromptEdit()
    qtbot.addWidget(edit)
    hint = "Ask something. Enter sends, Shift+Enter starts a new line."
    edit.resize(800, 40)
    edit.show()
    edit.set_hint(hint)
    assert edit.placeholderText() == hint
    edit.resize(200, 40)
    assert edit.placeholderText().endswith("…")
    assert edit.fontMetrics().horizontalAdvance(edit.placeholderText()) < 200
