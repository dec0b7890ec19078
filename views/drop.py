"""A model dropped on the window."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from views.widgets import label


class DropHint(QFrame):
    """Covers the window while a model is held over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "drop")
        text = label("Drop the model to open it", "title")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(text)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()


def dropped_path(data: QMimeData) -> str:
    """The first local path in what is being dropped; empty if there is none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")
