"""The real window, the real engine and the embedded model, worked with keys and drops."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.engine_thread import Job
from app.library import demo_directory
from app.presenters.composer import STATES
from gpu.damage import measure
from gpu.ledger import PURPOSES
from gpu.sampling import Sampling
from tests.app.session import Session
from views.chat.token_card import TokenCard
from views.outliers import OutliersPanel
from views.strips import Banner

SAME = Sampling(temperature=0.7, top_k=20, top_p=0.8, seed=1)  # the same answers in each run
NONSENSE = Sampling(temperature=100.0, top_k=0, top_p=1.0, seed=5)  # fills the context if nobody stops it


@pytest.fixture(scope="module")
def session(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    result = Session(qapp, tmp_path_factory.mktemp("settings"))
    result.open()
    yield result
    result.close()


@pytest.fixture(autouse=True)
def fresh_chat(session: Session) -> None:
    """Each test begins with the demo open and nothing said."""
    assert session.facts is not None
    session.gui.chat.new_chat()
    session.gui.chat.set_sampling(SAME)
    session.wait(lambda: session.gui.engine.is_idle)


def banner(session: Session) -> str:
    return session.gui.window.findChild(Banner).accessibleName()


def drop(session: Session, path: Path) -> None:
    """Drop a file or directory on the window and wait for what comes of it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, button, modifier)
    session.gui.window.dropEvent(event)
    session.wait(lambda: session.gui.engine.is_idle and session.gui.chat.state != "loading")


def copy_of_the_demo(directory: Path) -> Path:
    return Path(shutil.copytree(demo_directory(), directory / "copy"))


def cut_off(checkpoint: Path) -> str:
    weights = checkpoint / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    return weights.name


def not_a_number(checkpoint: Path) -> str:
    weights = checkpoint / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-2:] = b"\xc0\x7f"  # NaN in bf16, little-endian
    weights.write_bytes(data)
    return "NaN"


def another_architecture(checkpoint: Path) -> str:
    config = checkpoint / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("qwen3", "mamba"), encoding="utf-8")
    return "mamba"


def pickled(checkpoint: Path) -> str:
    (checkpoint / "model.safetensors").rename(checkpoint / "pytorch_model.bin")
    return "pytorch_model.bin"


def without_words(checkpoint: Path) -> str:
    (checkpoint / "tokenizer.json").unlink()
    return "tokenizer.json"


def test_a_typed_question_is_answered_and_every_panel_fills(session: Session) -> None:
    session.ask("Why do 4-bit activations break a model?")
    answer = session.wait_for_answer()
    panels = session.gui.window.panels
    assert answer.state == "done"
    assert len(answer.text.split()) > 3
    assert "tok/s" in answer.note
    planted = json.loads((demo_directory() / "planted.json").read_text(encoding="utf-8"))
    session.wait(lambda: {row[0] for row in panels.spikes.outlier_rows()} == set(planted["channels"]))
    session.wait(lambda: "levels left" in panels.damage.totals())
    session.wait(lambda: STATES["ready"] in panels.chat._gauges.texts())
    held = {row[0]: int(row[3].removesuffix(" B").replace(",", "")) for row in panels.memory.rows()}
    assert len(held) <= len(PURPOSES)
    assert held["Weights"] > 2_000_000


def test_a_token_opened_in_the_chat_is_what_every_panel_shows(session: Session) -> None:
    session.ask("Why?")
    session.wait_for_answer()
    gui = session.gui
    key = gui.chat.path[-1].id
    gui.window.panels.chat.tokens_toggled.emit(key, True)
    gui.tokens.open(key, 2, QRect(300, 300, 20, 20))
    card = gui.window.findChild(TokenCard)
    QTest.mouseClick(card.findChild(QPushButton), Qt.MouseButton.LeftButton)
    spikes = gui.window.panels.spikes
    session.wait(lambda: gui.pages.outliers.capture is not None)
    session.wait(lambda: "Only token 3 «" in spikes._note.text() and spikes.outlier_rows())
    capture = gui.pages.outliers.capture
    assert capture is not None
    assert capture.tokens == 1
    strongest = capture.sites[gui.spikes.site].absmax.argmax()
    assert spikes.outlier_rows()[0][0] == str(strongest)
    damage = measure(capture.values[gui.spikes.site][0], "int8", "b32")
    ratio = f"SQNR {damage.total_sqnr_db:.1f} dB"
    session.wait(lambda: gui.window.panels.damage.totals().endswith(ratio))


def test_an_answer_is_followed_token_by_token_and_its_thinking_compared(session: Session) -> None:
    gui, outliers = session.gui, session.gui.pages.outliers
    gui.window.show_workspace("outliers")
    page = gui.window.findChild(OutliersPanel)
    page.show_tab("tokens")
    QTest.mouseClick(page.tokens._follow, Qt.MouseButton.LeftButton)
    gui.window.panels.chat.thinking_toggled.emit(True)
    gui.chat.send("What is a scale?")
    key = session.wait_for_answer().id
    trace = gui.chat.trace(key)
    assert trace is not None
    pieces = list(trace.token_pieces())
    session.wait(lambda: [row.piece for row in outliers.tokens.live._rows][-len(trace) :] == pieces)
    QTest.mouseClick(page.tokens._follow, Qt.MouseButton.LeftButton)
    page.source.source_chosen.emit("parts")
    page.source.capture_requested.emit()
    session.wait(lambda: page.tab() == "drift")
    thinking, answer = outliers._shelf.compared, outliers.capture
    assert thinking is not None
    assert answer is not None
    assert "".join(thinking.pieces).startswith("<think>")
    assert thinking.tokens + answer.tokens == len(trace)
    gui.window.panels.chat.thinking_toggled.emit(False)
    gui.window.show_workspace("chat")


def test_escape_stops_the_answer_and_keeps_what_was_written(session: Session) -> None:
    session.gui.chat.set_sampling(NONSENSE)
    session.ask("Go on for ever")
    session.wait(lambda: bool(session.gui.chat.path[-1].text))
    QTest.keyClick(session.gui.window.panels.chat.focusWidget(), Qt.Key.Key_Escape)
    answer = session.wait_for_answer()
    assert answer.state == "cancelled"
    assert answer.text


def test_a_prompt_longer_than_the_context_is_a_sentence_and_the_chat_goes_on(session: Session) -> None:
    assert session.facts is not None
    session.gui.chat.send("word " * session.facts.context_tokens)
    failed = session.wait_for_answer()
    assert failed.state == "failed"
    assert f"the context holds {session.facts.context_tokens:,}" in failed.error
    session.ask("Why?")
    assert session.wait_for_answer().state == "done"


@pytest.mark.parametrize("damage", [cut_off, not_a_number, another_architecture, pickled, without_words])
def test_a_broken_checkpoint_dropped_on_the_window_leaves_the_old_model_answering(
    session: Session, tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    broken = copy_of_the_demo(tmp_path)
    culprit = damage(broken)
    drop(session, broken)
    assert banner(session).startswith("Error: ")
    assert culprit in banner(session)
    assert "\n" not in banner(session)
    session.ask("Why?")
    assert session.wait_for_answer().state == "done"


def test_a_template_that_refuses_is_said_on_opening_and_fails_the_answer(
    session: Session, tmp_path: Path
) -> None:
    odd = copy_of_the_demo(tmp_path)
    config = json.loads((odd / "tokenizer_config.json").read_text(encoding="utf-8"))
    config["chat_template"] = "{{ raise_exception('I only speak Latin.') }}"
    (odd / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    drop(session, odd)
    assert "I only speak Latin." in banner(session)
    session.ask("Why?")
    failed = session.wait_for_answer()
    assert failed.state == "failed"
    assert "I only speak Latin." in failed.error
    session.gui.model.open_demo()
    session.wait(lambda: session.gui.chat.state == "ready")


def test_another_scheme_goes_on_with_the_conversation(session: Session) -> None:
    session.ask("Why?")
    session.wait_for_answer()
    for scheme in ("W16A16", "W4A8"):
        session.gui.window.scheme_chosen.emit(scheme)
        session.wait(lambda: session.gui.chat.state == "ready")
        assert session.facts is not None
        assert session.facts.scheme == scheme
    session.ask("And how?")
    assert session.wait_for_answer().state == "done"
    assert len(session.gui.chat.path) == 4


def test_a_lost_device_is_said_and_the_model_can_be_loaded_again(session: Session) -> None:
    engine = session.gui.engine
    engine._submit(Job(lambda real, _: real._open.session.gpu.device.destroy(), lambda error: error))
    session.ask("Why?")
    session.wait(lambda: session.gui.chat.state == "empty")
    assert session.gui.chat.path[-1].state == "failed"
    assert "load the model again" in banner(session)
    session.gui.window.banner_action.emit("load_again")
    session.wait(lambda: session.gui.chat.state == "ready")
    session.gui.turns.regenerate()
    assert session.wait_for_answer().state == "done"
