"""File dialogs without a person."""

from __future__ import annotations

from app.controllers.exchange import FileDialogs


class Files:
    """Dialogs that answer what the test says, and keep which name they were suggested."""

    def __init__(self) -> None:
        self.chosen: tuple[str, ...] = ()
        self.suggested = ""
        self.dialogs = FileDialogs(self._save, lambda: self.chosen)

    def _save(self, name: str) -> str:
        self.suggested = name
        return self.chosen[0] if self.chosen else ""
