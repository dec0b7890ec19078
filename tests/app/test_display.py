from __future__ import annotations

import ctypes
import importlib.util
import socket
import sys
from pathlib import Path

import pytest

from app.display import display_problem


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


def test_no_display_at_all() -> None:
    assert display_problem({}) == (
        "There is no display to open a window on; use `quantscope chat demo` to chat in the terminal."
    )


def test_a_platform_that_was_chosen_is_believed() -> None:
    assert display_problem({"QT_QPA_PLATFORM": "offscreen"}) is None


def test_other_systems_always_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert display_problem({}) is None


def test_a_wayland_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may have 107 bytes
    environment = {"XDG_RUNTIME_DIR": ".", "WAYLAND_DISPLAY": "wayland-0"}
    assert "no display" in str(display_problem(environment))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wayland-0")
        assert display_problem(environment) is None


def test_a_display_that_nobody_serves() -> None:
    problem = str(display_problem({"DISPLAY": ":987"}))
    assert "quantscope chat demo" in problem


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    problem = str(display_problem({"DISPLAY": ":0"}))
    assert problem.startswith("The window needs libxcb-cursor.so.0, which is missing")


def test_without_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert "needs PySide6" in str(display_problem({"DISPLAY": ":0"}))
