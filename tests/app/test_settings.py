from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import MOST_RECENT, Settings, SettingsFile
from gpu.errors import FormatError
from gpu.sampling import Sampling

FULL = Settings(
    adapter="discrete",
    scheme="W4-g64A8",
    context_tokens=8192,
    tunes=False,
    looks_up=True,
    sampling=Sampling(temperature=0.3, seed=4),
    window_layout=bytes(range(256)),
    recent_models=("demo", "/models/Qwen3-0.6B"),
    text_scale=1.25,
    prompts=("Why?",),
    tinted=True,
    tint_reference="W8A8",
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    for settings in (FULL, Settings()):
        SettingsFile(tmp_path / "deep" / "down").save(settings)
        loaded = SettingsFile(tmp_path / "deep" / "down").load()
        assert (loaded.settings, loaded.notice) == (settings, "")


def test_without_a_file_there_are_defaults_and_nothing_is_said(tmp_path: Path) -> None:
    loaded = SettingsFile(tmp_path).load()
    assert (loaded.settings, loaded.notice) == (Settings(), "")
    assert list(tmp_path.iterdir()) == []


def test_it_lies_where_the_system_keeps_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert SettingsFile().path == tmp_path / "quantscope" / "settings.json"


def test_keys_of_another_version_are_kept(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(json.dumps({"scheme": "W8A8", "theme": {"dark": True}}), encoding="utf-8")
    settings = file.load().settings
    assert settings.scheme == "W8A8"
    file.save(settings)
    assert json.loads(file.path.read_text("utf-8"))["theme"] == {"dark": True}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        b'{"scheme": 4}',
        b'{"adapter": ["a"]}',
        b'{"context_tokens": true}',
        b'{"context_tokens": 4096.5}',
        b'{"sampling": {"temperature": "hot"}}',
        b'{"sampling": {"temperature": -1}}',
        b'{"sampling": {"heat": 1}}',
        b'{"window_layout": "%%%"}',
        b'{"window_layout": "\xc3\xa9"}',
        b'{"recent_models": [1]}',
    ],
)
def test_a_file_that_makes_no_sense_is_set_aside(tmp_path: Path, content: bytes) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_bytes(content)
    loaded = file.load()
    assert loaded.settings == Settings()
    assert loaded.notice.startswith(f"{file.path}")
    assert "settings.json.broken" in loaded.notice
    assert (tmp_path / "settings.json.broken").read_bytes() == content
    assert not file.path.exists()


@given(
    st.dictionaries(
        st.sampled_from(
            ["adapter", "scheme", "context_tokens", "sampling", "window_layout", "recent_models"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda children: st.lists(children) | st.dictionaries(st.text(), children),
            max_leaves=5,
        ),
    )
)
def test_no_json_brings_it_down(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    file = SettingsFile(tmp_path_factory.mktemp("settings"))
    file.path.write_text(json.dumps(document), encoding="utf-8")
    loaded = file.load()
    assert isinstance(loaded.settings, Settings)
    assert bool(loaded.notice) != file.path.exists()


def test_a_save_that_fails_leaves_the_former_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SettingsFile(tmp_path)
    file.save(FULL)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(FormatError, match="No space left"):
        file.save(Settings())
    assert file.load().settings == FULL
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FormatError, match="cannot be written"):
        SettingsFile(tmp_path / "file").save(Settings())


def test_recent_models_come_newest_first_and_once() -> None:
    settings = Settings()
    for name in ("a", "b", "a", *map(str, range(MOST_RECENT - 2)), "b"):
        settings = settings.with_recent(name)
    assert settings.recent_models[0] == "b"
    assert settings.recent_models.count("b") == 1
    assert len(settings.recent_models) == MOST_RECENT
    assert settings.recent_models[-1] == "a"
