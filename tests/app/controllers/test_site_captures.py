from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.controllers.site_captures import SiteCaptures
from app.engine_thread import EngineThread

TENSOR = "model.layers.0.mlp.down_proj.weight"


def test_a_failed_capture_is_said_and_can_go_again(
    engine: EngineThread, settle: Callable[[], None], qtbot: QtBot
) -> None:
    """The fake engine has no model open."""
    parent = QObject()
    captures = SiteCaptures(engine, lambda: "text", parent)
    assert captures.can_start(TENSOR)
    assert not captures.can_start("model.embed_tokens.weight")
    assert "No captured site" in captures.hint("model.embed_tokens.weight")
    with qtbot.waitSignal(captures.changed):
        captures.start(TENSOR)
    settle()
    assert captures.of(TENSOR) is None
    assert "No model is open" in captures.hint(TENSOR)
    assert captures.can_start(TENSOR)
    captures.forget()
    assert "Run a text" in captures.hint(TENSOR)
