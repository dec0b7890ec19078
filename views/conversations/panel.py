"""The conversations: search, the list, what can be done to each, and an undo for what was deleted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from views.conversations.bars import UndoBar, WorkBar
from views.conversations.painter import RowPainter
from views.conversations.rows import ConversationRows
from views.frames.conversations import ConversationRow, ConversationsFrame
from views.theme import GAP, Theme
from views.widgets import as_card, describe, label, tool_button

MARKDOWN, JSON = "markdown", "json"
_LONGEST_QUERY = 200


class ConversationsPanel(QWidget):
    """A click or Enter opens, F2 renames in place, Delete deletes, Ctrl+Z brings back."""

    new_requested = Signal()
    opened = Signal(int)
    renamed = Signal(int, str)
    pin_toggled = Signal(int)
    delete_requested = Signal(int)
    undo_requested = Signal()
    export_requested = Signal(int, str)  # key, MARKDOWN or JSON
    export_all_requested = Signal()
    import_requested = Signal()
    search_changed = Signal(str)
    work_cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        as_card(self)
        self._rows = ConversationRows()
        self._search = SearchField()
        self._new = tool_button("", "Start a new conversation (Ctrl+N)", icon_name="plus")
        self._more = tool_button("", "Import and export", icon_name="more")
        self._list = ConversationList(self._rows, theme)
        self._note = label("", "muted", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._undo = UndoBar()
        self._work = WorkBar()
        self._lay_out()
        self._connect()
        self._add_keys()
        self.set_frame(ConversationsFrame())

    def set_frame(self, frame: ConversationsFrame) -> None:
        """Show the list; the row the keyboard is on stays chosen, or the next where it is gone."""
        before = self._list.currentIndex().row()
        row = self._rows.row_at(self._list.currentIndex())
        if self._rows.set_rows(frame.sections, frame.current):
            chosen = self._rows.index_of(frame.current)
            if row is not None and self._list.hasFocus():
                kept = self._rows.index_of(row.key)
                chosen = kept if kept.isValid() else self._rows.near(before)
            self._list.setCurrentIndex(chosen)
        self._note.setText(frame.note)
        self._note.setVisible(not frame.sections)
        self._list.setVisible(bool(frame.sections))
        self._undo.set_text(frame.undo)
        self._work.set_frame(frame.work)

    def focus_search(self) -> None:
        """Put the cursor into the search field, wherever the keyboard was."""
        self._search.setFocus()
        self._search.selectAll()

    def menu_for(self, row: ConversationRow) -> QMenu:
        """What can be done to a conversation."""
        menu = QMenu(self)
        key = row.key
        actions: tuple[tuple[str, str, Callable[[], object]] | None, ...] = (
            ("Open", "Return", lambda: self.opened.emit(key)),
            ("Rename", "F2", lambda: self._list.edit(self._rows.index_of(key))),
            ("Unpin" if row.pinned else "Pin to the top", "Ctrl+D", lambda: self.pin_toggled.emit(key)),
            None,
            ("Export as Markdown…", "", lambda: self.export_requested.emit(key, MARKDOWN)),
            ("Export as JSON…", "", lambda: self.export_requested.emit(key, JSON)),
            None,
            ("Delete", "Del", lambda: self.delete_requested.emit(key)),
        )
        for entry in actions:
            if entry is None:
                menu.addSeparator()
                continue
            text, keys, act = entry
            action = menu.addAction(text)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked, act=act: act())
        return menu

    def _show_menu(self, place: QPoint) -> None:
        """Where the mouse is, or, from the keyboard, at the row that is chosen."""
        index = self._list.indexAt(place)
        row = self._rows.row_at(index if index.isValid() else self._list.currentIndex())
        if row is not None:
            menu = self.menu_for(row)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._list.viewport().mapToGlobal(place))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2)
        for part in (self._search, self._new, self._more):
            top.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addWidget(self._note)
        column.addWidget(self._list, 1)
        column.addStretch()
        column.addWidget(self._work)
        column.addWidget(self._undo)
        menu = QMenu(self._more)
        menu.addAction("Import…").triggered.connect(lambda _checked: self.import_requested.emit())
        menu.addAction("Export all…").triggered.connect(lambda _checked: self.export_all_requested.emit())
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _connect(self) -> None:
        self._search.textChanged.connect(self.search_changed)
        self._search.left_downwards.connect(self._enter_list)
        self._search.returnPressed.connect(lambda: self._open(self._rows.first()))
        self._new.clicked.connect(self.new_requested)
        self._rows.renamed.connect(self.renamed)
        self._list.chosen.connect(self._open)
        self._list.deleted.connect(lambda: self._with_chosen(self.delete_requested.emit))
        self._list.customContextMenuRequested.connect(self._show_menu)
        self._undo.undone.connect(self.undo_requested)
        self._work.cancelled.connect(self.work_cancelled)

    def _add_keys(self) -> None:
        """Keys of the panel; as actions they are listed in Help as well."""
        keys: tuple[tuple[str, str, Callable[[], object], Qt.ShortcutContext], ...] = (
            (
                *("Search the conversations", "Ctrl+Shift+F", self.focus_search),
                Qt.ShortcutContext.WindowShortcut,
            ),
            (
                *("Pin the chosen conversation", "Ctrl+D", lambda: self._with_chosen(self.pin_toggled.emit)),
                Qt.ShortcutContext.WidgetWithChildrenShortcut,
            ),
            (
                *("Bring a deleted conversation back", "Ctrl+Z", self.undo_requested.emit),
                Qt.ShortcutContext.WidgetWithChildrenShortcut,
            ),
        )
        for text, sequence, act, context in keys:
            action = QAction(text, self)
            action.setShortcut(QKeySequence(sequence))
            action.setShortcutContext(context)
            action.triggered.connect(lambda _checked, act=act: act())
            self.addAction(action)

    def _enter_list(self) -> None:
        if not self._list.currentIndex().isValid():
            self._list.setCurrentIndex(self._rows.first())
        self._list.setFocus()

    def _open(self, index: QModelIndex) -> None:
        row = self._rows.row_at(index)
        if row is not None:
            self.opened.emit(row.key)

    def _with_chosen(self, act: Callable[[int], object]) -> None:
        row = self._rows.row_at(self._list.currentIndex())
        if row is not None:
            act(row.key)


class SearchField(QLineEdit):
    """Down goes on to the list; Escape clears."""

    left_downwards = Signal()

    def __init__(self) -> None:
        super().__init__()
        describe(self, "Search the conversations", "Find conversations by their words (Ctrl+Shift+F)")
        self.setPlaceholderText("Search")
        self.setMaxLength(_LONGEST_QUERY)
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ConversationList(QListView):
    """Arrows move, and only a click or Enter opens: to look along the list disturbs nothing."""

    chosen = Signal(QModelIndex)
    deleted = Signal()

    def __init__(self, rows: ConversationRows, theme: Theme) -> None:
        super().__init__()
        describe(self, "Conversations", "Enter opens, F2 renames, Delete deletes, Ctrl+D pins")
        self.setToolTip("")
        self.setModel(rows)
        self._painter = RowPainter(theme)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.clicked.connect(self.chosen)
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QListView.State.EditingState:
            super().keyPressEvent(event)  # the Enter that ends the editing of a title comes by here
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)
