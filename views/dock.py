"""A panel that can be moved, floated and hidden."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QVBoxLayout, QWidget

from views.widgets import label, tool_button


class PanelDock(QDockWidget):
    """Holds one panel with a little air around it, and tells by name whether it can be seen."""

    panel_shown = Signal(str, bool)

    def __init__(self, title: str, panel: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(title.lower())
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(4, 0, 4, 4)
        column.addWidget(panel)
        self.setTitleBarWidget(self._head(title))
        self.setWidget(frame)
        self.visibilityChanged.connect(self._tell)

    def _head(self, title: str) -> QWidget:
        """Qt's own has buttons that no key reaches. What its parts leave alone drags the dock."""
        float_ = tool_button("", f"Take {title} out of the window, or put it back", "inline", "float")
        close = tool_button("", f"Hide {title}", "inline", "close")
        float_.clicked.connect(lambda: self.setFloating(not self.isFloating()))
        close.clicked.connect(self.close)
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(2)
        row.addWidget(label(title, "strong"), 1)
        row.addWidget(float_)
        row.addWidget(close)
        return head

    def _tell(self, shown: bool) -> None:
        self.panel_shown.emit(self.objectName(), shown)
