"""Tokens of real answers: drawn, tinted, opened, branched from and looked into, with real clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.controllers.chat import ChatController
from app.controllers.scores import ScoreController
from app.controllers.tokens import TokensController
from app.controllers.turns import TurnsController
from app.conversations import Archive
from app.engine_desk import Desk
from app.engine_thread import EngineThread
from app.messages import ModelFacts, ModelWish
from app.presenters.setup import SCHEMES
from app.start import make_gpu_engine
from app.tasks.score import Scored
from app.trace_codec import TraceError
from gpu.errors import BudgetError
from gpu.events import ChannelStats
from gpu.sampling import Sampling
from tests.patience import PATIENCE_S
from views.chat import ChatPanel
from views.chat.body import MessageBody
from views.chat.token_card import TokenCard
from views.chat.token_text import TokenText
from views.chat.tokens import TokensView
from views.theme import Theme

QUESTION = "What is a scale?"


class Talk:
    """A window's worth of parts around the real engine, with one answer written."""

    def __init__(self, qtbot: QtBot, theme: Theme, archive: Archive) -> None:
        self.bot = qtbot
        self.engine = EngineThread(make_gpu_engine)
        self.panel, self.card = ChatPanel(theme), TokenCard(theme)
        for widget in (self.panel, self.card):
            qtbot.addWidget(widget)
        self.chat = ChatController(self.panel, self.engine, lambda: None, archive, Sampling(temperature=0))
        self.turns = TurnsController(self.panel, self.chat, archive)
        self.tokens = TokensController(self.panel, self.card, self.engine, self.chat, self.turns)
        self.engine.loaded.connect(self.open)
        self.panel.resize(700, 600)
        self.panel.show()

    @property
    def scores(self) -> ScoreController:
        return self.tokens.scores

    @property
    def key(self) -> int:
        return self.chat.path[-1].id

    @property
    def text(self) -> TokenText:
        return next(view for view in self.panel.findChildren(TokenText) if view.isVisible())

    def open(self, facts: ModelFacts) -> None:
        self.chat.set_model(facts)
        self.tokens.set_model(facts)

    def load(self, scheme: str = "W4A8") -> None:
        with self.bot.waitSignal(self.engine.loaded):
            self.engine.open(ModelWish("demo", scheme=scheme, context_tokens=160))
        self.settle()

    def ask(self, text: str = QUESTION) -> None:
        self.chat.send(text)
        self.settle()

    def settle(self) -> None:
        self.bot.waitUntil(lambda: self.engine.is_idle and self.chat.state == "ready")

    def summary(self) -> str:
        (view,) = [view for view in self.panel.findChildren(TokensView) if view.isVisible()]
        return view.summary()

    def open_token(self, index: int) -> None:
        self.bot.waitUntil(lambda: not self.text.rect_of(index).isNull())
        place = self.text.rect_of(index).center()
        self.bot.mouseClick(self.text.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture
def talk(qtbot: QtBot, theme: Theme, archive: Archive) -> Iterator[Talk]:
    result = Talk(qtbot, theme, archive)
    result.engine.start()
    result.load()
    result.ask()
    yield result
    assert result.engine.stop(PATIENCE_S)


def test_an_answer_is_drawn_as_its_tokens_when_asked_to(talk: Talk) -> None:
    assert not [view for view in talk.panel.findChildren(TokenText) if view.isVisible()]
    talk.tokens.draw_as_tokens(talk.key, True)
    trace = talk.chat.trace(talk.key)
    assert trace is not None
    assert talk.text.toPlainText().replace("↵", "") == b"".join(trace.token_pieces()).decode()
    assert "Enter" in talk.summary()
    assert talk.engine.is_idle, "nothing is measured for it"
    talk.tokens.draw_as_tokens(talk.key, False)
    assert not [view for view in talk.panel.findChildren(TokenText) if view.isVisible()]


def test_the_tint_is_measured_in_the_background_and_kept(talk: Talk) -> None:
    talk.tokens.tint(True)
    talk.bot.waitUntil(lambda: "mean KL" in talk.summary())
    talk.settle()
    trace = talk.chat.trace(talk.key)
    assert trace is not None
    score = trace.score("W4A8", "W16A16")
    assert score is not None
    assert len(score.rows) == len(trace)
    assert "W4A8 from W16A16" in talk.summary()
    told: list[object] = []
    talk.engine.told.connect(told.append)
    talk.tokens.tint(False)
    talk.tokens.tint(True)
    talk.settle()
    assert not [letter for letter in told if isinstance(letter, Scored)], "what is known is kept"
    assert "mean KL" in talk.summary()


def test_a_question_interrupts_the_measurement_and_both_end_well(talk: Talk) -> None:
    first = talk.key
    talk.tokens.tint(True)
    talk.ask("What is a block?")
    talk.bot.waitUntil(
        lambda: all(
            (trace := talk.chat.trace(key)) is not None and bool(trace.scores) for key in (first, talk.key)
        )
    )
    assert first != talk.key
    assert talk.chat.path[-1].state in ("done", "cut")


def test_another_reference_is_measured_anew(talk: Talk) -> None:
    talk.tokens.tint(True)
    talk.bot.waitUntil(lambda: "from W16A16" in talk.summary())
    talk.scores.choose("W8A8")
    talk.bot.waitUntil(lambda: "W4A8 from W8A8" in talk.summary())


def test_any_other_scheme_can_be_the_reference(talk: Talk) -> None:
    first, *others = talk.scores.references
    assert first == "W16A16"
    assert {first, *others} == {choice.key for choice in SCHEMES} - {"W4A8"}


def test_a_reference_that_does_not_fit_is_said_with_a_way_out(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise BudgetError(2**34, 2**30, "free some memory")

    monkeypatch.setattr(Desk, "companion", refuse)
    talk.tokens.tint(True)
    talk.bot.waitUntil(lambda: "does not fit" in talk.summary())
    assert "W8A8" in talk.summary()
    talk.settle()


def test_a_click_opens_a_token_and_an_alternative_branches(talk: Talk) -> None:
    talk.tokens.draw_as_tokens(talk.key, True)
    first, trace = talk.key, talk.chat.trace(talk.key)
    assert trace is not None
    index = len(trace) - 3
    talk.open_token(index)
    assert talk.card.isVisible()
    bars = talk.card.bars()
    assert bars[0].token_id == trace.token_ids()[index]
    chosen = bars[1].token_id
    talk.bot.mouseClick(bars[1], Qt.MouseButton.LeftButton)
    talk.settle()
    longer = talk.chat.trace(talk.key)
    assert longer is not None
    assert talk.key != first
    assert longer.token_ids()[: index + 1] == (*trace.token_ids()[:index], chosen)
    assert talk.chat.dialogue.tree.siblings(talk.key) == talk.chat.dialogue.tree.siblings(first)
    assert talk.chat.path[-1].text in b"".join(longer.token_pieces()).decode("utf-8", "replace")


def test_a_word_of_the_text_opens_its_token(talk: Talk) -> None:
    trace, text = talk.chat.trace(talk.key), talk.chat.path[-1].text
    assert trace is not None
    body = next(one for one in talk.panel.findChildren(MessageBody) if one.text() == text)
    talk.bot.mouseClick(
        body,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ControlModifier,
        QPoint(3, body.fontMetrics().height() // 2),
    )
    assert talk.card.isVisible()
    first = text.split()[0]
    assert talk.card.bars()[0].token_id == trace.token_ids()[trace.index_of(text, 0) or 0]
    assert first.startswith(trace.pieces[talk.card.bars()[0].token_id].decode().strip())


def test_where_no_token_can_be_named_the_answer_is_drawn_as_tokens(talk: Talk) -> None:
    talk.panel.word_opened.emit(talk.key, 10**6, QRect(0, 0, 9, 9))
    assert not talk.card.isVisible()
    assert talk.panel.findChild(TokensView) is not None


def test_the_probes_can_be_put_on_one_token(talk: Talk) -> None:
    talk.tokens.draw_as_tokens(talk.key, True)
    talk.open_token(2)
    (button,) = [b for b in talk.card.findChildren(QPushButton) if b.isVisible()]
    with talk.bot.waitSignal(talk.tokens.token_captured) as said:
        talk.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert said.args[0].startswith("token 3 «")
    assert said.args[1].tokens == 1
    talk.engine.read("lm_head")
    talk.settle()
    stats = talk.engine.take(ChannelStats)
    assert stats is not None
    assert stats.tokens == 1


def test_another_models_answer_can_only_be_looked_at(talk: Talk) -> None:
    talk.tokens.draw_as_tokens(talk.key, True)
    talk.tokens.set_model(None)
    talk.open_token(1)
    assert not any(bar.isEnabled() for bar in talk.card.bars())
    assert not [b for b in talk.card.findChildren(QPushButton) if b.isVisible()]


def test_without_the_tint_the_reference_is_let_go(talk: Talk) -> None:
    talk.tokens.tint(True)
    talk.bot.waitUntil(lambda: "mean KL" in talk.summary())
    found: list[object] = []
    talk.engine.run(lambda desk, _cancel: found.append(desk.opened._companion))
    talk.tokens.tint(False)
    talk.engine.run(lambda desk, _cancel: found.append(desk.opened._companion))
    talk.settle()
    loaded, left = found
    assert loaded is not None
    assert left is None


def test_a_broken_record_is_said_and_stops_nothing(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_key: int) -> None:
        raise TraceError("they are damaged")

    monkeypatch.setattr(talk.chat, "trace", refuse)
    talk.tokens.tint(True)
    talk.settle()
    assert talk.chat.state == "ready"
    assert not [view for view in talk.panel.findChildren(TokenText) if view.isVisible()]
    assert any("cannot be read" in label.text() for label in talk.panel.findChildren(QLabel))
