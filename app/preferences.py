"""The settings in use: read once, changed while the window is open, written when it closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.settings import Settings, SettingsFile
from gpu.errors import QuantscopeError


class Preferences:
    """`notice` is a sentence for the person if the settings file made no sense."""

    def __init__(self, file: SettingsFile) -> None:
        self._file = file
        loaded = file.load()
        self.settings: Settings = loaded.settings
        self.notice: str = loaded.notice

    def change(self, **fields: Any) -> None:
        """Replace fields of `settings`."""
        self.settings = replace(self.settings, **fields)

    def remember_model(self, model: str) -> None:
        self.settings = self.settings.with_recent(model)

    def save(self) -> str:
        """Write the file; a sentence for the person if that failed."""
        try:
            self._file.save(self.settings)
        except QuantscopeError as error:
            return str(error)
        return ""
