"""A page is built by the first look at it, and knows then what it missed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine_thread import EngineThread
from app.gui import Gui
from app.preferences import Preferences
from app.settings import SettingsFile
from tests.app.fake_engine import FakeEngine, Script
from tests.app.windows import begin
from tests.views.controls import named
from views.ahead import Ahead
from views.compare import ComparePanel
from views.fields import ChoiceBox
from views.plots import BarPlot
from views.theme import Theme

LATE = ("compare", "outliers", "microscope")
HEAVY = (
    *("pyqtgraph", "wgpu", "cmap"),
    *("views.outliers", "views.microscope", "views.calculator", "views.compare"),
)


@pytest.fixture
def gui(qtbot: QtBot, theme: Theme, script: Script, tmp_path: Path) -> Iterator[Gui]:
    engine = EngineThread(lambda post: FakeEngine(post, script))
    result = Gui(theme, Preferences(SettingsFile(tmp_path)), engine)
    qtbot.addWidget(result.window)
    with qtbot.waitActive(result.window):
        result.window.show()
    begin(result)
    qtbot.waitUntil(lambda: result.chat.state == "ready" and result.engine.is_idle)
    yield result
    result.window.close()


def button(gui: Gui, page: str) -> QToolButton:
    """What stands for a page in the rail."""
    return named(gui.window, QToolButton, f"{page} workspace")


def test_the_window_reads_nothing_that_it_does_not_show() -> None:
    code = f"import sys, app.start, app.gui; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_click_builds_a_page_at_once(gui: Gui, qtbot: QtBot) -> None:
    assert not set(LATE) & set(vars(gui.pages))
    assert gui.pages.calculator.controller is None
    for title, name in (("Compare", "compare"), ("Outliers", "outliers"), ("Blocks", "microscope")):
        qtbot.mouseClick(button(gui, title), Qt.MouseButton.LeftButton)
        assert name in vars(gui.pages)
        assert_filled(getattr(gui.pages, name).panel)
    qtbot.mouseClick(button(gui, "VRAM"), Qt.MouseButton.LeftButton)
    assert_filled(gui.pages.calculator.panel)


def assert_filled(page: QWidget) -> None:
    """On show, as large as the window has room for, and its first label with it."""
    assert page.isVisible()
    assert page.width() > 500
    assert page.size() == page.parentWidget().size()
    assert any(label.isVisible() for label in page.findChildren(QLabel))


def test_a_key_builds_a_page_and_gives_it_the_keyboard(gui: Gui) -> None:
    QTest.keyClick(gui.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert gui.pages.compare.panel.isAncestorOf(QApplication.focusWidget())


def test_a_page_knows_the_model_that_was_opened_before_it(gui: Gui) -> None:
    gui.window.show_workspace("compare")
    panel = gui.window.findChild(ComparePanel)
    assert named(panel, ChoiceBox, "Right scheme").key() == "W4A8"
    assert gui.pages.compare.can_run
    gui.window.show_workspace("outliers")
    assert named(gui.window, QPushButton, "Capture").isEnabled()


def test_a_page_built_while_an_answer_is_written_waits_for_its_end(gui: Gui) -> None:
    gui.chat.running_changed.emit(True)
    gui.window.show_workspace("compare")
    assert not gui.pages.compare.can_run
    gui.chat.running_changed.emit(False)
    assert gui.pages.compare.can_run


def test_the_microscope_has_what_the_spikes_showed_before_it(gui: Gui, qtbot: QtBot) -> None:
    gui.chat.send("Why?")
    qtbot.waitUntil(lambda: gui.chat.state == "ready" and gui.engine.is_idle)
    site = gui.spikes.site
    assert gui.pages.microscope._newest.site == site != ""


def test_charts_and_modules_are_ready_before_anybody_waits_for_them(gui: Gui, qtbot: QtBot) -> None:
    assert len(gui.findChildren(Ahead)) == 2
    qtbot.waitUntil(lambda: not any(ahead._steps for ahead in gui.findChildren(Ahead)))
    assert gui.window.panels.spikes.findChild(BarPlot)
    assert gui.window.panels.damage.findChild(BarPlot)


LOOKING = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tests.app.windows import WORKSPACES, filled_window

def ours():
    return {name for name in sys.modules if name.startswith(("app.", "views.", "gpu.", "pyqtgraph", "cmap"))}

with filled_window(QApplication([]), Path(sys.argv[1])) as gui:
    for step in gui.pages.readings():
        step()
    before = ours()
    for workspace in WORKSPACES:
        gui.window.show_workspace(workspace)
    print(sorted(ours() - before))
"""


def test_after_the_readings_a_first_look_reads_nothing_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOKING, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
