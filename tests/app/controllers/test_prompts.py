"""The prompt library holds what suits the model and what the person saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.controllers.prompts import PromptsController, prompt_frame
from app.messages import ModelWish
from app.preferences import Preferences
from app.settings import SettingsFile
from tests.app.fake_engine import facts_for
from views.chat import ChatPanel
from views.chat.library import PromptLibrary
from views.theme import Theme


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(SettingsFile(tmp_path))


@pytest.fixture
def panel(qtbot, theme: Theme) -> ChatPanel:
    result = ChatPanel(theme)
    qtbot.addWidget(result)
    return result


def shown(panel: ChatPanel) -> list[str]:
    entries = panel.findChild(PromptLibrary).list
    return [entries.item(row).text() for row in range(entries.count())]


def test_it_suits_the_model(panel: ChatPanel, preferences: Preferences) -> None:
    controller = PromptsController(panel, preferences)
    assert "Write a haiku about a graphics card." in shown(panel)
    controller.set_model(facts_for(ModelWish("demo")))
    assert "Why do 4-bit activations break a model?" in shown(panel)


def test_own_prompts_are_kept_and_can_go(panel: ChatPanel, preferences: Preferences, tmp_path: Path) -> None:
    controller = PromptsController(panel, preferences)
    for text in ("First\nwith more", "Second", "Second", ""):
        panel.prompt_saved.emit(text)
    assert shown(panel)[:2] == ["★ Second", "★ First"]
    assert preferences.save() == ""
    assert Preferences(SettingsFile(tmp_path)).settings.prompts == ("Second", "First\nwith more")
    panel.prompt_deleted.emit(0)
    assert shown(panel)[0] == "★ First"
    controller.set_model(None)
    assert shown(panel)[0] == "★ First"


def test_a_long_first_line_is_shortened_as_a_title_only() -> None:
    frame = prompt_frame("x" * 200, own=True)
    assert (len(frame.title), len(frame.text)) == (80, 200)
