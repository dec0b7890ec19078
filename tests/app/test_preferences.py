from __future__ import annotations

from pathlib import Path

from app.preferences import Preferences
from app.settings import SettingsFile


def test_changes_last_once_they_are_saved(tmp_path: Path) -> None:
    preferences = Preferences(SettingsFile(tmp_path))
    preferences.change(scheme="W8A8")
    preferences.remember_model("demo")
    assert Preferences(SettingsFile(tmp_path)).settings.scheme == "W4A8"
    assert preferences.save() == ""
    following = Preferences(SettingsFile(tmp_path)).settings
    assert (following.scheme, following.recent_models) == ("W8A8", ("demo",))


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    preferences = Preferences(SettingsFile(tmp_path / "a file"))
    (tmp_path / "a file").touch()
    assert "cannot be written" in preferences.save()


def test_a_file_that_makes_no_sense_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    assert "settings.json" in Preferences(SettingsFile(tmp_path)).notice
