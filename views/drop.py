"""A model or text files dropped on the window."""

from __future__ import annotations

from PySide6.QtCore import QFileInfo, QMimeData, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from views.widgets import label

_MODELS = ("gguf", "safetensors", "json")


class DropHint(QFrame):
    """Covers the window while a model is held over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "drop")
        text = label("Drop a model to open it, or text files to send them along", "title", wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(text)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()


def dropped_path(data: QMimeData) -> str:
    """The first local path in what is being dropped; empty if there is none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")


def dropped_files(data: QMimeData) -> list[str]:
    """The local files in what is being dropped that may be texts: neither directories nor checkpoints."""
    files = [QFileInfo(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [file.filePath() for file in files if file.isFile() and file.suffix().lower() not in _MODELS]
