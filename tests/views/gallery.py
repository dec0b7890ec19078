"""Pictures of the window with made-up frames: `python -m tests.views.gallery FOLDER`.

Runs itself once per scale factor, since Qt reads that from the environment when it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.views import samples
from views.chat import ChatPanel
from views.chat.sampling import SamplingPopover
from views.conversations import ConversationsPanel
from views.damage import DamagePanel
from views.frames import BannerFrame
from views.main_window import MainWindow, Panels
from views.memory import MemoryPanel
from views.rail import Workspace
from views.shortcuts import ShortcutsDialog
from views.spikes import SpikesPanel
from views.theme import Theme

SCALES = (1, 2)
BANNER = BannerFrame(
    "error",
    "The driver took the device away while the model was answering; load the model again to go on.",
    "Load again",
    "reload",
)


def main(folder: Path, size: tuple[int, int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    theme = Theme(app, Qt.ColorScheme.Light)
    scale = os.environ.get("QT_SCALE_FACTOR", "1")
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        theme.override(scheme)
        for name, prepare in SCENES.items():
            window = build(theme)
            window.resize(*size)
            window.show()
            prepare(window)
            settle(app)
            for part in (window, *(w for w in app.topLevelWidgets() if w.isVisible() and w is not window)):
                suffix = "" if part is window else f"-{type(part).__name__}"
                part.grab().save(str(folder / f"{name}{suffix}-{scheme.name.lower()}-{scale}x.png"))
                part.close()


def build(theme: Theme, layout: bytes = b"", workspaces: tuple[Workspace, ...] = ()) -> MainWindow:
    panels = Panels(
        ChatPanel(theme),
        SpikesPanel(theme),
        DamagePanel(theme),
        MemoryPanel(theme),
        ConversationsPanel(theme),
        workspaces,
    )
    return MainWindow(panels, layout)


def settle(app: QApplication) -> None:
    for _ in range(10):
        app.processEvents()


def show_welcome(window: MainWindow) -> None:
    window.set_welcome(samples.welcome())
    window.set_setup(replace(samples.setup(), model_name=""))
    window.panels.spikes.set_frame(samples.idle_spikes())
    window.panels.damage.set_frame(samples.idle_damage())


def show_loading(window: MainWindow) -> None:
    show_welcome(window)
    window.set_load(samples.load())


def show_empty(window: MainWindow) -> None:
    show_welcome(window)
    window.set_setup(samples.setup())
    window.panels.chat.set_status(samples.idle_status())
    window.panels.chat.set_chat(samples.empty_chat())
    window.panels.chat.set_composer(samples.composer())
    window.panels.memory.set_frame(samples.memory())
    window.show_chat()


def show_session(window: MainWindow) -> None:
    show_empty(window)
    window.panels.chat.set_chat(samples.chat())
    window.panels.chat.set_composer(samples.composer(running=True))
    window.panels.chat.set_status(samples.status())
    window.panels.spikes.set_frame(samples.spikes())
    window.panels.damage.set_frame(samples.damage())


def show_wide(window: MainWindow) -> None:
    show_session(window)
    window.panels.spikes.set_frame(samples.spikes(25600, {2000: 90_000.0, 2013: 700.0, 25_000: 143.0}))
    window.panels.damage.set_frame(samples.damage(25600, 16))


def show_failure(window: MainWindow) -> None:
    show_session(window)
    window.panels.chat.set_chat(samples.failed_chat())
    window.panels.chat.set_composer(samples.composer())
    window.set_banner(BANNER)


def show_sampling(window: MainWindow) -> None:
    show_session(window)
    window.findChild(SamplingPopover).show()


def show_shortcuts(window: MainWindow) -> None:
    ShortcutsDialog(window.shortcuts(), window).show()


SCENES = {
    "welcome": show_welcome,
    "loading": show_loading,
    "empty": show_empty,
    "session": show_session,
    "wide": show_wide,
    "failure": show_failure,
    "sampling": show_sampling,
    "shortcuts": show_shortcuts,
}


def run_all(folder: str) -> None:
    for scale in SCALES:
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "QT_SCALE_FACTOR": str(scale)}
        subprocess.run([sys.executable, "-m", __spec__.name, folder, "once"], env=environment, check=True)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        run_all(sys.argv[1])
    else:
        main(Path(sys.argv[1]), (1280, 720))
