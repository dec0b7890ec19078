"""Writing, sending and stopping."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from tests.views import samples
from tests.views.controls import named
from views.chat.composer import Composer
from views.chat.sampling import SamplingPopover
from views.frames import ComposerFrame

SHIFT = Qt.KeyboardModifier.ShiftModifier


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def composer(qtbot) -> Composer:
    result = Composer()
    qtbot.addWidget(result)
    result.resize(600, 90)
    result.set_frame(samples.composer())
    result.show()
    return result


def test_enter_sends_and_empties_the_field(composer: Composer, qtbot) -> None:
    qtbot.keyClicks(composer.edit, "  What is this? ")
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent.args == ["What is this?"]
    assert composer.edit.toPlainText() == ""


def test_shift_enter_breaks_the_line(composer: Composer, qtbot) -> None:
    qtbot.keyClicks(composer.edit, "a")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return, SHIFT)
    qtbot.keyClicks(composer.edit, "b")
    qtbot.mouseClick(named(composer, QPushButton, "Send"), Qt.MouseButton.LeftButton)
    assert composer.edit.toPlainText() == ""


def test_two_lines_are_sent_as_two_lines(composer: Composer, qtbot) -> None:
    composer.edit.setPlainText("a\nb")
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.mouseClick(named(composer, QPushButton, "Send"), Qt.MouseButton.LeftButton)
    assert sent.args == ["a\nb"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_not_sent(composer: Composer, qtbot, text: str) -> None:
    composer.edit.setPlainText(text)
    assert not named(composer, QPushButton, "Send").isEnabled()
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)


def test_a_message_that_cannot_be_sent_is_kept(composer: Composer, qtbot) -> None:
    composer.set_frame(ComposerFrame(can_send=False, hint="Loading…"))
    qtbot.keyClicks(composer.edit, "soon")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert composer.edit.toPlainText() == "soon"
    assert composer.edit.placeholderText() == "Loading…"
    composer.set_frame(samples.composer())
    assert named(composer, QPushButton, "Send").isEnabled()


def test_stop_takes_the_place_of_send_while_an_answer_runs(composer: Composer, qtbot) -> None:
    composer.set_frame(samples.composer(running=True))
    assert not named(composer, QPushButton, "Send").isVisible()
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(named(composer, QPushButton, "Stop"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)


def test_escape_stops_nothing_when_nothing_runs(composer: Composer, qtbot) -> None:
    with qtbot.assertNotEmitted(composer.stop_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)


def test_field_grows_to_six_lines(composer: Composer) -> None:
    heights = []
    for lines in range(1, 10):
        composer.edit.setPlainText("\n".join("x" * lines))
        heights.append(composer.edit.height())
    assert heights[:6] == sorted(set(heights[:6]))
    assert set(heights[5:]) == {heights[5]}


def test_a_wrapped_line_counts_as_lines(composer: Composer) -> None:
    one = composer.edit.height()
    composer.edit.setPlainText("word " * 60)
    assert composer.edit.height() > 2 * one


def test_new_chat(composer: Composer, qtbot) -> None:
    with qtbot.waitSignal(composer.new_chat_requested):
        qtbot.mouseClick(named(composer, QToolButton, "New chat"), Qt.MouseButton.LeftButton)


def test_thinking_is_offered_only_where_the_model_can(composer: Composer, qtbot) -> None:
    switch = named(composer, QToolButton, "Thinking")
    assert switch.isChecked()
    with qtbot.waitSignal(composer.thinking_toggled) as toggled:
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert toggled.args == [False]
    composer.set_frame(ComposerFrame(thinking_supported=False))
    assert not switch.isVisible()


def test_showing_a_frame_reports_nothing(composer: Composer, qtbot) -> None:
    with qtbot.assertNotEmitted(composer.thinking_toggled), qtbot.assertNotEmitted(composer.sampling_changed):
        composer.set_frame(ComposerFrame(thinking_supported=True, thinking=False))


def test_sampling_opens_from_its_button(composer: Composer, qtbot) -> None:
    qtbot.mouseClick(named(composer, QToolButton, "Sampling"), Qt.MouseButton.LeftButton)
    popover = composer.findChild(SamplingPopover)
    assert popover.isVisible()
    popover.hide()


def test_files_are_left_to_the_window_and_text_is_taken(composer: Composer) -> None:
    files, words = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile("/models/Qwen3")])
    words.setText("words")
    assert not composer.edit.canInsertFromMimeData(files)
    assert composer.edit.canInsertFromMimeData(words)


def test_a_narrow_panel_shows_icons_and_a_wide_one_words(composer: Composer, qtbot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    narrow = Composer()
    narrow.setParent(host)
    narrow.set_frame(samples.composer())
    host.show()
    styles = []
    for width in (700, 360, 700):
        narrow.resize(width, 90)
        styles.append(named(narrow, QToolButton, "Prompts").toolButtonStyle())
    beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
    assert styles == [beside, alone, beside]
    assert composer.minimumSizeHint().width() <= 360


def test_words_make_room_for_a_wider_button_at_once(qtbot) -> None:
    """Stop has an icon that Send has not: where Send just fits, the words of the others go as Stop comes."""
    host = QWidget()
    qtbot.addWidget(host)
    composer = Composer()
    composer.setParent(host)
    composer.set_frame(samples.composer())
    host.show()
    prompts, beside = named(composer, QToolButton, "Prompts"), Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    for width in range(360, 700):
        composer.resize(width, 90)
        if prompts.toolButtonStyle() == beside:
            break
    assert prompts.toolButtonStyle() == beside
    composer.set_frame(samples.composer(running=True))
    assert prompts.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
