"""The comparison page on the real engine, with real keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from app.controllers.compare import CompareController
from app.engine_desk import Desk
from app.engine_thread import EngineThread
from app.messages import ModelWish
from app.start import make_gpu_engine
from gpu.errors import BudgetError
from tests.app.fake_engine import facts_for
from tests.patience import PATIENCE_S
from tests.views.controls import named, pick
from views.chat.token_card import TokenCard
from views.compare import ComparePanel
from views.fields import ChoiceBox
from views.theme import Theme


class Page:
    """The panel, its controller and an engine with the demo open."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.bot = qtbot
        self.engine = EngineThread(make_gpu_engine)
        self.panel, self.card = ComparePanel(theme), TokenCard(theme)
        for widget in (self.panel, self.card):
            qtbot.addWidget(widget)
        self.controller = CompareController(self.panel, self.card, self.engine)
        self.engine.loaded.connect(self.controller.set_model)
        self.panel.resize(900, 600)
        self.panel.show()

    def load(self) -> None:
        with self.bot.waitSignal(self.engine.loaded):
            self.engine.open(ModelWish("demo", context_tokens=160))
        self.bot.waitUntil(lambda: self.engine.is_idle)
        named(self.panel, QSpinBox, "Longest answer").setValue(30)

    def ask(self, text: str) -> None:
        field = named(self.panel, QPlainTextEdit, "Prompt")
        field.clear()
        self.bot.keyClicks(field, text)
        self.bot.keyClick(field, Qt.Key.Key_Return)

    def finish(self) -> None:
        stop = named(self.panel, QPushButton, "Stop")
        self.bot.waitUntil(lambda: not stop.isVisible() and self.engine.is_idle)

    def texts(self) -> tuple[str, str]:
        left, right = self.panel.columns()
        return left.text.toPlainText(), right.text.toPlainText()


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> Iterator[Page]:
    result = Page(qtbot, theme)
    result.engine.start()
    result.load()
    yield result
    assert result.engine.stop(PATIENCE_S)


def test_a_prompt_is_answered_in_both_columns(page: Page) -> None:
    assert named(page.panel, ChoiceBox, "Left scheme").key() == "W16A16"
    assert named(page.panel, ChoiceBox, "Right scheme").key() == "W4A8"
    page.ask("What is a scale?")
    page.finish()
    assert all(len(text) > 20 for text in page.texts())
    assert all("tok/s" in column.note() for column in page.panel.columns())
    assert page.panel.verdict().startswith(("They part at", "Both say the same"))


def test_a_bad_scheme_parts_early_and_a_token_can_be_opened(page: Page) -> None:
    pick(page.bot, named(page.panel, ChoiceBox, "Left scheme"), "W4A4@tensor")
    page.ask("What is a scale?")
    page.finish()
    left, right = page.texts()
    assert left != right
    assert "They part at" in page.panel.verdict()
    text = page.panel.columns()[1].text
    page.bot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=text.rect_of(2).center())
    assert page.card.isVisible()
    assert not any(bar.isEnabled() for bar in page.card.bars())


def test_it_can_be_stopped_and_run_again(page: Page) -> None:
    named(page.panel, QSpinBox, "Longest answer").setValue(100)
    page.ask("What is a scale?")
    page.bot.mouseClick(named(page.panel, QPushButton, "Stop"), Qt.MouseButton.LeftButton)
    page.finish()
    page.ask("What is a scale?")
    page.finish()
    assert all(page.texts())


def test_another_model_takes_the_columns_of_the_former_away_for_good(page: Page) -> None:
    page.ask("What is a scale?")
    page.bot.waitUntil(lambda: any(page.texts()))
    page.controller.set_model(facts_for(ModelWish("demo", "W8A8")))
    assert page.texts() == ("", "")
    page.bot.mouseClick(named(page.panel, QPushButton, "Stop"), Qt.MouseButton.LeftButton)
    page.finish()
    assert page.texts() == ("", "")


def test_what_does_not_fit_is_said(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise BudgetError(2**34, 2**30, "free some memory")

    monkeypatch.setattr(Desk, "companion", refuse)
    page.ask("What is a scale?")
    page.finish()
    assert "free some memory" in page.panel.verdict()


def test_while_the_chat_is_answered_nothing_runs(page: Page) -> None:
    page.controller.set_answering(True)
    page.ask("What is a scale?")
    assert page.engine.is_idle
    page.controller.set_answering(False)
    page.controller.set_model(None)
    page.ask("What is a scale?")
    assert page.engine.is_idle
    assert page.texts() == ("", "")
