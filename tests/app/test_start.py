from __future__ import annotations

import gc
from pathlib import Path

import pytest

from app.messages import ModelWish
from app.settings import Settings, SettingsFile
from app.start import GuiOptions, first_wish, run


def test_the_engine_is_at_work_before_there_is_a_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order: list[object] = []
    monkeypatch.setattr("app.start.SettingsFile", lambda: SettingsFile(tmp_path))
    monkeypatch.setattr("app.start.begin", lambda wish: order.append(wish) or "engine")
    monkeypatch.setattr("app.gui.show", lambda engine, _preferences, wish: order.append((engine, wish)) or 7)
    assert run(GuiOptions("mine")) == 7
    wish = ModelWish("mine", tunes=True)
    assert order == [wish, ("engine", wish)]
    assert gc.isenabled()


def test_the_command_line_comes_before_the_settings() -> None:
    settings = Settings(scheme="W8A8", adapter="a", context_tokens=512, recent_models=("/models/last",))
    assert first_wish(GuiOptions(), settings) == ModelWish("/models/last", "W8A8", "a", 512, tunes=True)
    assert first_wish(GuiOptions(), Settings(tunes=False)) == ModelWish("demo")
    asked = GuiOptions(model="/models/this", adapter="b", scheme="W16A16")
    assert first_wish(asked, settings) == ModelWish("/models/this", "W16A16", "b", 512, tunes=True)
