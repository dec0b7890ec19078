"""The transcript changes what changed, follows the newest words, and lets the person read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from tests.views.controls import named
from views.chat.document import MessageText
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
    first = (w.findChildren(MessageText) for w in transcript.message_widgets())
    return [next(t.toPlainText() for t in found if "reasoning" not in t.accessibleName()) for found in first]


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
    changed = []
    for widget in widgets[:-1]:
        for text in widget.findChildren(MessageText):
            text.document().contentsChange.connect(lambda *change: changed.append(change))
    transcript.set_frame(conversation(3, "and so", "streaming"))
    assert transcript.message_widgets() == widgets
    assert changed == []
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


def test_home_and_end_go_to_the_ends(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(6))
    settle()
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    assert transcript.verticalScrollBar().value() == 0
    qtbot.keyClick(transcript, Qt.Key.Key_End)
    assert at_end(transcript)


def test_long_conversations_open_at_their_end_and_earlier_pages_follow(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(40))
    assert len(transcript.message_widgets()) == 16
    assert texts(transcript)[-1] == "and so on"
    earlier = named(transcript, QPushButton, "Show earlier messages")
    qtbot.mouseClick(earlier, Qt.MouseButton.LeftButton)
    assert len(transcript.message_widgets()) == 32
    for _ in range(4):
        qtbot.mouseClick(earlier, Qt.MouseButton.LeftButton)
    assert [t.split("\n")[0] for t in texts(transcript)[:3]] == ["question 0", "answer 0", "question 1"]
    assert len(transcript.message_widgets()) == 82
    assert not earlier.isVisible()


def test_earlier_messages_do_not_move_what_is_read(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(conversation(40))
    settle()
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    read = transcript.message_widgets()[0]
    before = read.mapTo(transcript, QPoint(0, 0)).y()
    qtbot.mouseClick(named(transcript, QPushButton, "Show earlier messages"), Qt.MouseButton.LeftButton)
    settle()
    assert transcript.verticalScrollBar().value() > 300
    assert read.mapTo(transcript, QPoint(0, 0)).y() == before


def test_only_the_last_answer_can_be_had_again(transcript: Transcript, qtbot) -> None:
    transcript.set_frame(replace(conversation(1), can_regenerate=True))
    settle()
    buttons = [b for b in transcript.findChildren(QToolButton) if b.accessibleName() == "Answer again"]
    assert [b.isVisible() for b in buttons] == [False, True]
    with qtbot.waitSignal(transcript.regenerate_requested):
        qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
