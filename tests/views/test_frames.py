"""Frames are plain, frozen data."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from views import frames

MODULES = [
    importlib.import_module(found.name) for found in pkgutil.iter_modules(frames.__path__, "views.frames.")
]
CLASSES = {
    c for m in MODULES for c in vars(m).values() if isinstance(c, type) and dataclasses.is_dataclass(c)
}


@pytest.mark.parametrize("frame", sorted(CLASSES, key=str), ids=lambda c: c.__name__)
def test_frames_are_frozen(frame: type) -> None:
    assert frame.__dataclass_params__.frozen


def test_frames_do_not_import_qt() -> None:
    imports = ", ".join(["sys", *(module.__name__ for module in MODULES)])
    code = f"import {imports}; print([m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))])"
    root = Path(__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_chats_with_equal_messages_are_equal() -> None:
    message = frames.MessageFrame("user", "hello")
    assert frames.ChatFrame((message,)) == frames.ChatFrame((dataclasses.replace(message),))
