"""The window: menus, tool bar, the chat in the middle and the panels docked around it. Layout only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QVBoxLayout, QWidget

from views.arrangement import Arrangement
from views.chat import ChatPanel
from views.conversations import ConversationsPanel
from views.damage import DamagePanel
from views.dock import PanelDock
from views.drop import DropHint, dropped_files, dropped_path
from views.engine_switches import EngineSwitches
from views.focus_ring import FocusRing
from views.frames import BannerFrame, LoadFrame, SetupFrame, WelcomeFrame
from views.icons import icon
from views.memory import MemoryPanel
from views.menus import add_menu, fill_recent, make_action, make_text_sizes
from views.page_stack import PageStack
from views.palette import CommandPalette
from views.rail import Workspace, WorkspaceRail
from views.reading_order import focus_first
from views.setup_bar import SetupBar
from views.shortcuts import ShortcutsDialog, keys_of
from views.spikes import SpikesPanel
from views.strips import Banner, LoadStrip
from views.theme import GAP
from views.welcome import WelcomePage

_SIZE = (1280, 720)
_LEFT_WIDTH = 200
_RIGHT_WIDTH = 440
_BOTTOM_HEIGHT = 204
CHAT = "chat"


@dataclass(frozen=True)
class Panels:
    """The views the window arranges; whoever builds them connects their signals.

    `workspaces` are full-size pages beside the chat, built when they are first shown.
    """

    chat: ChatPanel
    spikes: SpikesPanel
    damage: DamagePanel
    memory: MemoryPanel
    conversations: ConversationsPanel
    workspaces: tuple[Workspace, ...] = ()


class MainWindow(QMainWindow):
    """Arranges the panels and says what the person wants opened.

    `layout` is what `closing` gave the last time; bytes that are no layout are ignored.
    `panel_shown` names a panel ("spikes", "damage", "memory", "chats") and whether it can be seen now.
    """

    open_requested = Signal()
    demo_requested = Signal()
    model_dropped = Signal(str)
    recent_chosen = Signal(str)
    new_chat_requested = Signal()
    scheme_chosen = Signal(str)
    context_chosen = Signal(str)
    adapter_chosen = Signal(str)
    tuning_toggled = Signal(bool)
    lookup_toggled = Signal(bool)
    load_cancelled = Signal()
    banner_action = Signal(str)
    banner_dismissed = Signal()
    panel_shown = Signal(str, bool)
    workspace_shown = Signal(str)
    text_scaled = Signal(int)  # 1 for larger, -1 for smaller, 0 for the system's size
    closing = Signal(bytes)

    def __init__(self, panels: Panels, layout: bytes = b"") -> None:
        super().__init__()
        self.setWindowTitle("Quantscope")
        self.setAcceptDrops(True)
        self.panels = panels
        self._layout = layout
        self._banner = Banner()
        self._load = LoadStrip()
        self._welcome = WelcomePage()
        self._home = PageStack()  # the first screen, then the chat
        self._pages = PageStack()
        self._rail = WorkspaceRail()
        self._drop_hint = DropHint(self)
        self._ring = FocusRing(self)
        self._palette = CommandPalette(self)
        self._recent_menu = QMenu("Open &recent", self)
        self._open = make_action(
            self, "&Open model…", "Ctrl+O", "Open a model directory", self.open_requested.emit
        )
        self._open.setIcon(icon("folder"))
        self._open.setIconText("Open model…")
        self._switches = EngineSwitches(self)
        self._bar = SetupBar(self._open)
        self.resize(*_SIZE)
        self._docks = self._build_docks()
        self._build_centre()
        self._arrangement = Arrangement(self, self._docks, CHAT)
        self._build_menus()
        self._connect()

    def set_setup(self, frame: SetupFrame) -> None:
        self._bar.set_frame(frame)
        fill_recent(self._recent_menu, frame.recent, self.recent_chosen.emit)
        self._switches.set_frame(frame)
        self.setWindowTitle(f"{frame.model_name} — Quantscope" if frame.model_name else "Quantscope")

    def set_welcome(self, frame: WelcomeFrame) -> None:
        self._welcome.set_frame(frame)

    def set_load(self, frame: LoadFrame | None) -> None:
        self._load.set_frame(frame)
        if frame is not None and self._welcome.isAncestorOf(self.focusWidget()):
            self._load.focus_cancel()
        self._welcome.set_busy(frame is not None)

    def set_banner(self, frame: BannerFrame | None) -> None:
        self._banner.set_frame(frame)

    def show_chat(self) -> None:
        """Leave the first screen for the chat."""
        self._home.setCurrentWidget(self.panels.chat)
        self.panels.chat.focus_prompt()

    def show_welcome(self) -> None:
        self._home.setCurrentWidget(self._welcome)

    def show_workspace(self, key: str) -> None:
        """Bring a full-size page to the front; KeyError if there is none of that key."""
        page = self._pages.page(key)
        self._arrangement.enter(key, lambda: self._pages.setCurrentWidget(page))
        self._rail.show_chosen(key)
        if self.panels.chat.isVisible():
            self.panels.chat.focus_prompt()
        else:
            focus_first(page)
        self.workspace_shown.emit(key)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        layout, self._layout = self._layout, b""
        if layout:
            self._arrangement.restore(layout)
        if self._home.currentWidget() is self._welcome:
            self._welcome.focus_first()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the window as it is read, wherever its parts came from and were moved to."""
        return self._ring.move_focus(forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(self._arrangement.to_bytes())
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drop_hint.setGeometry(self.rect().adjusted(24, 24, -24, -24))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_path(event.mimeData()):
            event.acceptProposedAction()
            self._drop_hint.show()
            self._drop_hint.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_hint.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_hint.hide()
        files, path = dropped_files(event.mimeData()), dropped_path(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.panels.chat.attach_requested.emit(files)
        elif path:
            event.acceptProposedAction()
            self.model_dropped.emit(path)

    def _build_centre(self) -> None:
        self._home.addWidget(self._welcome)
        self._home.addWidget(self.panels.chat)
        chat = Workspace(CHAT, "Chat", "chat", "Ask the model", lambda: self._home)
        for workspace in (chat, *self.panels.workspaces):
            self._pages.add(workspace.key, workspace.make)
            self._rail.add(workspace)
        self._pages.page(CHAT)
        self._rail.show_chosen(CHAT)
        self.setCentralWidget(self._centre())
        self.addToolBar(self._bar)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._rail)
        self._bar.add_switches([dock.toggleViewAction() for dock in self._docks.values()])

    def _centre(self) -> QWidget:
        """What a person must not miss stands above whichever page is on show."""
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(GAP)
        strips = QVBoxLayout()
        strips.setContentsMargins(8, 0, 8, 0)
        strips.addWidget(self._banner)
        strips.addWidget(self._load)
        column.addLayout(strips)
        column.addWidget(self._pages, 1)
        return centre

    def _build_docks(self) -> dict[str, QDockWidget]:
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        docks = {
            "spikes": self._dock("Spikes", self.panels.spikes, right),
            "damage": self._dock("Damage", self.panels.damage, right),
            "memory": self._dock("Memory", self.panels.memory, bottom),
            "chats": self._dock("Chats", self.panels.conversations, Qt.DockWidgetArea.LeftDockWidgetArea),
        }
        beside = [docks["chats"], docks["spikes"]]
        self.resizeDocks(beside, [_LEFT_WIDTH, _RIGHT_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks([docks["memory"]], [_BOTTOM_HEIGHT], Qt.Orientation.Vertical)
        return docks

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = PanelDock(title, panel)
        dock.panel_shown.connect(self.panel_shown)
        self.addDockWidget(area, dock)
        return dock

    def _build_menus(self) -> None:
        demo = make_action(self, "Open the &demo model", "", "Open the demo", self.demo_requested.emit)
        new = make_action(
            self, "&New chat", "Ctrl+N", "Start a new conversation", self.new_chat_requested.emit
        )
        leave = make_action(self, "&Quit", "Ctrl+Q", "Close the window", self.close)
        add_menu(
            self, "&File", [self._open, self._recent_menu, demo], self._switches.actions(), [new], [leave]
        )
        switches = [dock.toggleViewAction() for dock in self._docks.values()]
        for number, switch in enumerate(switches, 1):
            switch.setShortcut(f"Ctrl+{number}")
        reset = make_action(self, "&Reset layout", "", "Put every panel back", self._arrangement.reset)
        sizes = make_text_sizes(self, self.text_scaled.emit)
        add_menu(self, "&View", self._rail.actions_in_order(), switches, sizes, [reset])
        add_menu(self, "&Chat", [make_action(self, *command) for command in self.panels.chat.commands()])
        keys = make_action(self, "&Keyboard shortcuts", "F1", "What every key does", self._show_shortcuts)
        palette = make_action(
            self, "&Command palette…", "Ctrl+Shift+P", "Find anything by name", self._show_palette
        )
        palette.setShortcuts([QKeySequence("Ctrl+Shift+P"), QKeySequence("Ctrl+K")])
        add_menu(self, "&Help", [palette, keys])

    def _show_palette(self) -> None:
        self._palette.open_over(self, cast(list[QAction], self.findChildren(QAction)))

    def shortcuts(self) -> list[tuple[str, str]]:
        """Every key and what it does, menu keys first."""
        return keys_of(cast(list[QAction], self.findChildren(QAction)))

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self.shortcuts(), self).open()

    def _connect(self) -> None:
        self._rail.chosen.connect(self.show_workspace)
        self._bar.scheme_chosen.connect(self.scheme_chosen)
        self._bar.context_chosen.connect(self.context_chosen)
        self._bar.adapter_chosen.connect(self.adapter_chosen)
        self._switches.tuning_toggled.connect(self.tuning_toggled)
        self._switches.lookup_toggled.connect(self.lookup_toggled)
        self._welcome.demo_requested.connect(self.demo_requested)
        self._welcome.open_requested.connect(self.open_requested)
        self._welcome.recent_chosen.connect(self.recent_chosen)
        self._load.cancelled.connect(self.load_cancelled)
        self._banner.action_requested.connect(self.banner_action)
        self._banner.dismissed.connect(self.banner_dismissed)
        self.panels.chat.new_chat_requested.connect(self.new_chat_requested)
        stop = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        stop.activated.connect(self.panels.chat.stop)
