"""A panel that can be moved, floated and hidden."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget


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
        self.setWidget(frame)
        self.visibilityChanged.connect(self._tell)

    def _tell(self, shown: bool) -> None:
        self.panel_shown.emit(self.objectName(), shown)
