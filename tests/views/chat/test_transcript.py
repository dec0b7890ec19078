"""The transcript changes what changed, follows the newest words, and lets the person read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from tests.views.controls import named
from views.chat import transcript as module
from views.chat.transcript import Transcript
from views.frames import ChatFrame, MessageFrame


@pytest.fixture
def transcript(qtbot, theme) -> Transcript:
    result = Transcript(theme)
    qtbot.addWidget(result)
    result.resize(600, 300)
    result.show()
    return result


def conversation(turns: int, last: str = "and so on", state: str = "done") -> ChatFrame:
    messages = []
    for turn in range(turns):
        messages.append(MessageFrame("user", f"question {turn}"))
        messages.append(MessageFrame("assistant", f"answer {turn}\n\n" + "words " * 40))
    return ChatFrame((*messages, MessageFrame("user", "more"), MessageFrame("assistant", last, state=state)))


def texts(transcript: Transcript) -> list[str]:
    return [widget.body.text() for widget in transcript.message_widgets()]


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def at_end(transcript: Transcript) -> bool:
    bar = transcript.verticalScrollBar()
    return bar.value() >= bar.maximum() - 8


def test_messages_are_shown_in_order(transcript: Transcript) -> None:
    transcript.set_frame(conversation(1))
    assert [t.split("\n")[0] for t in texts(transcript)] == ["question 0", "answer 0", "more", "and so on"]


def test_a_running_answer_changes_its_own_widget_only(transcript: Transcript) -> None:
    transcript.set_frame(conversation(3, "and", "streaming"))
    widgets = transcript.message_widgets()
    laid = [widget.body.column.laid(0) for widget in widgets]
    transcript.set_frame(conversation(3, "and so", "streaming"))
    assert transcript.message_widgets() == widgets
    assert [widget.body.column.laid(0) for widget in widgets[:-1]] == laid[:-1]
    assert texts(transcript)[-1] == "and so"


def test_the_next_turn_keeps_what_is_there(transcript: Transcript) -> None:
    frame = conversation(1)
    transcript.set_frame(frame)
    widgets = transcript.message_widgets()
    transcript.set_frame(replace(frame, messages=(*frame.messages, MessageFrame("user", "next"))))
    assert transcript.message_widgets()[:-1] == widgets
    assert texts(transcript)[-1] == "next"


def test_answering_again_drops_the_old_answer(transcript: Transcript) -> None:
    frame = conversation(1)
    transcript.set_frame(frame)
    transcript.set_frame(replace(frame, messages=frame.messages[:-1]))
    assert texts(transcript)[-1] == "more"


def test_another_conversation_replaces_this_one(transcript: Transcript) -> None:
    transcript.set_frame(conversation(2))
    transcript.set_frame(ChatFrame((MessageFrame("user", "hello"),)))
    assert texts(transcript) == ["hello"]
    transcript.set_frame(ChatFrame())
    assert texts(transcript) == []


def test_it_follows_the_newest_words(transcript: Transcript) -> None:
    transcript.set_frame(conversation(6, "and", "streaming"))
    settle()
    transcript.set_frame(conversation(6, "and so\n" * 30, "streaming"))
    settle()
    assert at_end(transcript)


def test_it_stays_where_the_person_scrolled_and_returns_on_request(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(6, "and", "streaming"))
    settle()
    transcript.verticalScrollBar().setValue(40)
    transcript.set_frame(conversation(6, "and so\n" * 30, "streaming"))
    settle()
    assert transcript.verticalScrollBar().value() == 40
    latest = named(transcript, QToolButton, "Jump to the newest message (End)")
    assert latest.isVisible()
    qtbot.mouseClick(latest, Qt.MouseButton.LeftButton)
    assert at_end(transcript)
    assert not latest.isVisible()


def test_another_conversation_is_shown_at_its_end_wherever_this_one_was_read(transcript: Transcript) -> None:
    transcript.set_frame(conversation(6))
    settle()
    transcript.verticalScrollBar().setValue(40)
    settle()
    transcript.set_frame(replace(conversation(8), key=2))
    settle()
    assert at_end(transcript)


def test_a_message_is_brought_into_sight_from_its_beginning(transcript: Transcript) -> None:
    messages = conversation(30, "and so\n" * 30).messages
    transcript.set_frame(ChatFrame(tuple(replace(one, key=key) for key, one in enumerate(messages, 1))))
    settle()
    for key in (5, 28):
        transcript.show_message(key)
        settle()
        (widget,) = (one for one in transcript.message_widgets() if one.frame.key == key)
        assert 0 <= widget.y() < 30
    transcript.show_message(999)
    assert transcript.verticalScrollBar().value() == 0


def test_home_and_end_go_to_the_ends(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(6))
    settle()
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    assert transcript.verticalScrollBar().value() == 0
    qtbot.keyClick(transcript, Qt.Key.Key_End)
    assert at_end(transcript)


def test_of_a_long_conversation_only_what_is_near_exists(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(200))
    settle()
    assert texts(transcript)[-1] == "and so on"
    assert len(transcript.message_widgets()) <= 20
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    settle()
    assert transcript.message_widgets()[0].body.text() == "question 0"
    assert transcript.message_widgets()[0].isVisible()


def test_what_is_read_stays_while_heights_above_become_known(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(60))
    settle()
    transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().maximum() // 2)
    read = next(w for w in transcript.message_widgets() if w.isVisible() and w.y() >= 0)
    before, known = read.y(), len(transcript.message_widgets())
    qtbot.waitUntil(lambda: not transcript._worker.isActive())  # all that is laid out in idle time
    assert len(transcript.message_widgets()) > known
    assert read.y() == before


def test_what_is_read_stays_when_the_width_changes(transcript: Transcript) -> None:
    transcript.set_frame(conversation(30))
    settle()
    transcript.verticalScrollBar().setValue(900)
    first = next(w for w in transcript.message_widgets() if w.isVisible() and w.y() + w.height() > 0)
    transcript.resize(420, 300)
    settle()
    assert first.isVisible()
    assert first.y() <= 0 < first.y() + first.height()


def test_the_keyboard_walks_from_message_to_message(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(30))
    settle()
    transcript.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(transcript, Qt.Key.Key_Up, alt)
    assert texts_of_focus() == "and so on"
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, alt)
    assert texts_of_focus() == "question 29"
    assert QApplication.focusWidget().isVisible()


def test_a_part_of_a_message_is_scrolled_into_sight(transcript: Transcript) -> None:
    transcript.set_frame(conversation(3, last="a line\n\n" * 60))
    settle()
    transcript.verticalScrollBar().setValue(0)
    settle()
    tools = transcript.message_widgets()[-1].tools
    assert tools.visibleRegion().isEmpty()
    transcript.ensureWidgetVisible(tools)
    settle()
    assert tools.visibleRegion().boundingRect().size() == tools.size()


def texts_of_focus() -> str:
    return QApplication.focusWidget().body.text()


def test_switching_to_a_sibling_replaces_what_follows(transcript: Transcript) -> None:
    def turn(key: int, role: str, text: str) -> MessageFrame:
        return MessageFrame(role, text, key=key)

    question = turn(1, "user", "Why?")
    transcript.set_frame(ChatFrame((question, turn(2, "assistant", "one"), turn(3, "user", "more"))))
    kept = transcript.message_widgets()[0]
    transcript.set_frame(ChatFrame((question, turn(4, "assistant", "two"))))
    assert texts(transcript) == ["Why?", "two"]
    assert transcript.message_widgets()[0] is kept


def test_only_the_last_answer_can_be_had_again(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(replace(conversation(1), can_regenerate=True))
    settle()
    buttons = [b for b in transcript.findChildren(QToolButton) if b.accessibleName() == "Answer again"]
    (shown,) = (button for button in buttons if button.isVisible())
    assert transcript.message_widgets()[-1].isAncestorOf(shown)
    with qtbot.waitSignal(transcript.wishes.regenerate):
        qtbot.mouseClick(shown, Qt.MouseButton.LeftButton)


def test_what_is_slow_to_load_waits_for_the_end_of_an_answer(
    qtbot, theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(module, "_READY_MS", 0)
    monkeypatch.setattr(module, "make_ready", lambda: loaded.append("loaded"))
    transcript = Transcript(theme)
    qtbot.addWidget(transcript)
    transcript.set_frame(conversation(1, state="streaming"))
    for _ in range(20):
        QApplication.processEvents()
    assert loaded == []
    transcript.set_frame(conversation(1))
    qtbot.waitUntil(lambda: loaded == ["loaded"])


def test_the_keyboard_stays_in_the_conversation_when_its_message_is_gone(
    qtbot, transcript: Transcript
) -> None:
    with qtbot.waitActive(transcript):
        transcript.activateWindow()
    transcript.set_frame(conversation(1))
    transcript.message_widgets()[-1].setFocus()
    first = conversation(1).messages[:3]
    transcript.set_frame(ChatFrame((*first, MessageFrame("assistant", "", state="streaming", key=9))))
    assert QApplication.focusWidget() is transcript
