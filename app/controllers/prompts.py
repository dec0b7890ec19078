"""The prompt library: what comes along for the model that is open, and what the person saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.messages import ModelFacts
from app.preferences import Preferences
from app.prompts import all_prompts
from views.chat import ChatPanel
from views.frames import PromptFrame

LONGEST_TITLE = 80


class PromptsController(QObject):
    """The person's own prompts come first and are kept with the settings."""

    def __init__(self, panel: ChatPanel, preferences: Preferences) -> None:
        super().__init__(panel)
        self._panel, self._preferences = panel, preferences
        self._facts: ModelFacts | None = None
        panel.prompt_saved.connect(self._save)
        panel.prompt_deleted.connect(self._delete)
        self._show()

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._show()

    @Slot(str)
    def _save(self, text: str) -> None:
        own = self._preferences.settings.prompts
        if text and text not in own:
            self._preferences.change(prompts=(text, *own))
            self._show()

    @Slot(int)
    def _delete(self, place: int) -> None:
        own = list(self._preferences.settings.prompts)
        if 0 <= place < len(own):
            del own[place]
            self._preferences.change(prompts=tuple(own))
            self._show()

    def _show(self) -> None:
        own = [prompt_frame(text, own=True) for text in self._preferences.settings.prompts]
        given = [prompt_frame(text, own=False) for text in all_prompts(self._facts)]
        self._panel.set_library((*own, *given))


def prompt_frame(text: str, own: bool) -> PromptFrame:
    """Called by its first line, shortened."""
    title = text.strip().split("\n")[0]
    return PromptFrame(title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…", text, own)
