"""The window arranges its panels, remembers how, and says what the person wants opened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDockWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QWidget,
)

from tests.views import samples
from tests.views.controls import named
from tests.views.gallery import BANNER, build, show_session
from views.chat.message import MessageView
from views.chat.transcript import Transcript
from views.main_window import MainWindow
from views.rail import Workspace
from views.shortcuts import ShortcutsDialog
from views.strips import LoadStrip


@pytest.fixture
def window(qtbot, theme) -> MainWindow:
    result = build(theme)
    qtbot.addWidget(result)
    result.show()
    return result


def dock(window: MainWindow, name: str) -> QDockWidget:
    return window.findChild(QDockWidget, name)


def test_it_fits_the_smallest_screen(window: MainWindow) -> None:
    show_session(window)
    window.set_banner(BANNER)
    window.set_load(samples.load())
    least = window.minimumSizeHint()
    assert (least.width() <= 1280, least.height() <= 720) == (True, True), least


def test_session_fills_the_first_size_with_nothing_cut(window: MainWindow, qtbot) -> None:
    show_session(window)
    with qtbot.waitExposed(window):
        window.resize(1280, 720)
    QApplication.processEvents()
    labels = [
        w for w in window.findChildren(QWidget) if w.isVisible() and w.metaObject().className() == "QLabel"
    ]
    cut = [w.text() for w in labels if not w.wordWrap() and w.width() < w.minimumSizeHint().width()]
    assert cut == []


def test_menu_opens_models(window: MainWindow, qtbot) -> None:
    with qtbot.waitSignal(window.open_requested):
        qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(window.new_chat_requested):
        qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


def test_recent_models_are_in_the_menu(window: MainWindow, qtbot) -> None:
    window.set_setup(samples.setup())
    (menu,) = (m for m in window.findChildren(QMenu) if "recent" in m.title())
    with qtbot.waitSignal(window.recent_chosen) as chosen:
        menu.actions()[1].trigger()
    assert chosen.args == ["/models/Qwen3-4B"]
    assert window.windowTitle() == "Qwen3-0.6B — Quantscope"


def test_dropped_directory_is_opened(window: MainWindow, qtbot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/models/Qwen3-0.6B")])
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPointF(50, 50).toPoint(), Qt.DropAction.CopyAction, data, left, nothing)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(window.model_dropped) as dropped:
        QApplication.sendEvent(
            window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, nothing)
        )
    assert dropped.args == ["/models/Qwen3-0.6B"]


def test_dropped_text_is_not(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("hello")
    enter = QDragEnterEvent(
        QPointF(50, 50).toPoint(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_welcome_gives_way_to_the_chat(window: MainWindow, qtbot) -> None:
    with qtbot.waitSignal(window.demo_requested):
        qtbot.mouseClick(named(window, QPushButton, "Chat with the demo model"), Qt.MouseButton.LeftButton)
    window.show_chat()
    assert window.panels.chat.isVisible()
    window.show_welcome()
    assert not window.panels.chat.isVisible()


def test_nothing_else_is_opened_while_a_model_loads(window: MainWindow, qtbot) -> None:
    window.set_load(samples.load())
    assert not named(window, QPushButton, "Chat with the demo model").isEnabled()
    cancel = named(window.findChild(LoadStrip), QPushButton, "Cancel")
    assert window.focusWidget() is cancel
    with qtbot.waitSignal(window.load_cancelled):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    window.set_load(None)
    assert named(window, QPushButton, "Chat with the demo model").isEnabled()


def test_banner_passes_its_action_on(window: MainWindow, qtbot) -> None:
    window.set_banner(BANNER)
    with qtbot.waitSignal(window.banner_action) as asked:
        qtbot.mouseClick(named(window, QPushButton, "Load again"), Qt.MouseButton.LeftButton)
    assert asked.args == ["reload"]


def test_panel_is_hidden_by_key_and_tells_so(window: MainWindow, qtbot) -> None:
    with qtbot.waitSignal(
        window.panel_shown, check_params_cb=lambda name, shown: (name, shown) == ("spikes", False)
    ):
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert not dock(window, "spikes").isVisible()


def test_layout_is_remembered(window: MainWindow, theme, qtbot) -> None:
    dock(window, "damage").close()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock(window, "memory"))
    with qtbot.waitSignal(window.closing) as closed:
        window.close()
    again = build(theme, closed.args[0])
    qtbot.addWidget(again)
    again.show()
    assert isinstance(closed.args[0], bytes)
    assert not dock(again, "damage").isVisible()
    assert again.dockWidgetArea(dock(again, "memory")) == Qt.DockWidgetArea.LeftDockWidgetArea


@pytest.mark.parametrize("layout", [b"", b"\x00", b"\x00\x00\x00\x04junk", b"\xff" * 64])
def test_a_broken_layout_is_ignored(theme, qtbot, layout: bytes) -> None:
    window = build(theme, layout)
    qtbot.addWidget(window)
    window.show()
    assert dock(window, "spikes").isVisible()
    assert (window.width(), window.height()) == (1280, 720)


def test_layout_can_be_reset(window: MainWindow) -> None:
    dock(window, "spikes").close()
    next(a for a in window.findChildren(object) if getattr(a, "text", str)() == "&Reset layout").trigger()
    assert dock(window, "spikes").isVisible()


def test_shortcuts_are_listed(window: MainWindow, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    table = window.findChild(ShortcutsDialog).findChild(QTableWidget)
    listed = {table.item(row, 0).text(): table.item(row, 1).text() for row in range(table.rowCount())}
    assert listed["Ctrl+O"] == "Open model…"
    assert listed["Ctrl+1"] == "Spikes"
    assert listed["Escape"] == "Stop the answer"


def test_escape_stops_wherever_the_focus_is(window: MainWindow, qtbot) -> None:
    show_session(window)
    with qtbot.waitSignal(window.panels.chat.stop_requested):
        qtbot.keyClick(window.panels.spikes, Qt.Key.Key_Escape)


def test_every_control_is_named_and_explained(window: MainWindow) -> None:
    show_session(window)
    window.set_banner(BANNER)
    window.set_load(samples.load())
    reached = [
        w for w in window.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    reached = [
        w for w in reached if not isinstance(w.parent(), QAbstractSpinBox)
    ]  # the box speaks for its field
    assert len(reached) > 15
    assert [w for w in reached if not w.accessibleName()] == []
    reading = (MessageView, Transcript, QScrollArea)  # a tooltip over what is being read would be in the way
    assert [w.accessibleName() for w in reached if not isinstance(w, reading) and not w.toolTip()] == []


def test_tab_walks_from_the_prompt_through_the_chat_to_the_panels(window: MainWindow, qtbot) -> None:
    show_session(window)
    named(window, QPlainTextEdit, "Message").setFocus()
    walked = []
    for _ in range(60):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        walked.append(QApplication.focusWidget().accessibleName())
    order = [
        walked.index(name) for name in ("New chat", "Thinking", "Sampling", "Stop", "Site", "Layer", "Format")
    ]
    assert order == sorted(order)
    assert "Message" in walked


def test_a_workspace_takes_the_whole_window(theme, qtbot) -> None:
    page = QWidget()
    window = build(theme, workspaces=(Workspace("outliers", "Outliers", "outliers", "Browse", lambda: page),))
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    with qtbot.waitSignal(window.workspace_shown) as shown:
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert (shown.args, page.isVisible(), dock(window, "spikes").isVisible()) == (["outliers"], True, False)
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert (page.isVisible(), dock(window, "spikes").isVisible()) == (False, True)
