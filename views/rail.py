"""The rail at the left: which of the full-size pages of the window is on show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from views.icons import icon
from views.widgets import describe, fit_to_text, make_as_wide

_ICON_PX = 20
_LEAST_PX = 70


@dataclass(frozen=True)
class Workspace:
    """A full-size page: `key` goes out in signals, `title` stands under the icon, `make` builds it once."""

    key: str
    title: str
    icon: str
    tooltip: str
    make: Callable[[], QWidget]


class WorkspaceRail(QToolBar):
    """One button a workspace, Alt+1 the first."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("Workspaces")
        self.setObjectName("rail")
        self.setProperty("look", "rail")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)  # nothing else brings it back
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self._group = QActionGroup(self)
        self._actions: dict[str, QAction] = {}

    def add(self, workspace: Workspace) -> QAction:
        """A button for one more workspace; its action also serves menus."""
        keys = f"Alt+{len(self._actions) + 1}"
        action = QAction(icon(workspace.icon), workspace.title, self._group, checkable=True)
        action.setShortcut(QKeySequence(keys))
        action.setToolTip(f"{workspace.tooltip} ({keys})")
        action.triggered.connect(lambda _checked, key=workspace.key: self.chosen.emit(key))
        self._actions[workspace.key] = action
        self.addAction(action)
        self._dress(self._button(action), action)
        self._align()
        return action

    def show_chosen(self, key: str) -> None:
        """Mark a workspace as the one on show."""
        self._actions[key].setChecked(True)

    def actions_in_order(self) -> list[QAction]:
        return list(self._actions.values())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        fit_to_text(event, self, self._align)

    def _align(self) -> None:
        make_as_wide([self._button(action) for action in self._actions.values()], _LEAST_PX)

    def _button(self, action: QAction) -> QToolButton:
        return cast(QToolButton, self.widgetForAction(action))

    def _dress(self, button: QToolButton, action: QAction) -> None:
        button.setProperty("kind", "rail")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(button, f"{action.text()} workspace", action.toolTip())
