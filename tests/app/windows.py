"""The whole window with every panel filled, on the fake engine, for tests of all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from app.engine_thread import EngineThread
from app.gui import Gui
from app.messages import ModelWish
from app.preferences import Preferences
from app.settings import SettingsFile
from tests.app.fake_engine import FakeEngine, Script
from tests.views import samples
from views.theme import Theme

WORKSPACES = ("chat", "compare", "outliers", "microscope", "calculator")


@contextmanager
def filled_window(app: QApplication, directory: Path) -> Iterator[Gui]:
    """A window of the first size, its chat and its docks full of samples, gone afterwards."""
    theme = Theme(app, Qt.ColorScheme.Light)
    engine = EngineThread(lambda post: FakeEngine(post, Script()))
    gui = Gui(theme, Preferences(SettingsFile(directory)), engine)
    window = gui.window
    window.resize(1280, 720)
    window.show()
    begin(gui)
    while gui.chat.state != "ready" or not gui.engine.is_idle:
        app.processEvents()
    yield gui
    window.close()
    window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    shiboken6.delete(theme)


def begin(gui: Gui, model: str = "demo") -> None:
    """Start its engine and open a model."""
    wish = ModelWish(model)
    gui.engine.start()
    gui.engine.open(wish)
    gui.expect(wish)


def show(gui: Gui, workspace: str) -> None:
    """Bring a workspace to the front.

    A part without a parent would come as a window of its own for a moment, and take the keyboard along.
    """
    gui.window.activateWindow()
    gui.window.show_workspace(workspace)
    fill(gui)
    QApplication.processEvents()
    if not gui.window.isActiveWindow():
        raise AssertionError(f"something came in front of the window as {workspace} was shown")


def fill(gui: Gui) -> None:
    """Samples in the panels beside the chat and a conversation in it."""
    panels = gui.window.panels
    panels.spikes.set_frame(samples.spikes())
    panels.damage.set_frame(samples.damage())
    panels.memory.set_frame(samples.memory())
    panels.chat.set_status(samples.status())
    messages = tuple(
        replace(one, key=key, state="done") for key, one in enumerate(samples.chat().messages[:2], 1)
    )
    panels.chat.set_chat(replace(samples.chat(), messages=messages, can_change=True))
    panels.chat.set_composer(samples.composer())
