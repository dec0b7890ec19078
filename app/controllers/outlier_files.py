"""Captures to and from files, and what every plot can be exported as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.atomic import replacing
from app.presenters.outlier_numbers import Shown, as_npz, plot_caption, plot_csv, plot_numbers
from gpu.errors import QuantscopeError
from gpu.probes.capture_file import load_capture, save_capture
from gpu.probes.captured import Capture
from views.outliers import OutliersPanel
from views.outliers.plot_tools import COPY
from views.pictures import picture, png_bytes, svg_bytes

_CAPTURES = "Captures (*.safetensors)"
_FILTERS = {
    "png": "Pictures (*.png)",
    "svg": "Drawings (*.svg)",
    "csv": "Tables (*.csv)",
    "npz": "Arrays (*.npz)",
}


class Say(Protocol):
    def __call__(self, sentence: str, *, is_error: bool = False) -> None: ...


class CaptureFiles(QObject):
    """Asks where, reads or writes, and says in a sentence what did not work. `shown` gives what the pages
    show."""

    def __init__(
        self,
        panel: OutliersPanel,
        add: Callable[[str, Capture], None],
        say: Say,
        shown: Callable[[], Shown],
    ) -> None:
        super().__init__(panel)
        self._panel, self._add, self._say, self._shown = panel, add, say, shown
        panel.source.open_requested.connect(self._open)
        panel.source.save_requested.connect(self._save)
        panel.export_wanted.connect(self._export)

    def choose_text(self) -> str:
        return QFileDialog.getOpenFileName(
            self._panel, "Open a text", "", "Texts (*.txt *.md);;All files (*)"
        )[0]

    def open(self, path: Path) -> None:
        """Put a capture from a file on show."""
        try:
            self._add(path.stem, load_capture(path))
        except QuantscopeError as error:
            self._say(str(error), is_error=True)

    def write(self, path: Path, make: Callable[[Path], None]) -> None:
        """Have a file written whole, and say so."""
        try:
            with replacing(path) as temporary:
                make(temporary)
        except QuantscopeError as error:
            self._say(str(error), is_error=True)
        else:
            self._say(f"Written: {path}")

    def export(self, plot: str, kind: str, path: Path) -> None:
        """Write a plot, by its key, in one of the formats."""
        shown, tools = self._shown(), self._panel.tools[plot]
        makers: dict[str, Callable[[], bytes]] = {
            "png": lambda: png_bytes(tools.whole(), plot_caption(plot, shown)),
            "svg": lambda: svg_bytes(tools.whole(), plot_caption(plot, shown)),
            "csv": lambda: plot_csv(plot, shown).encode(),
            "npz": lambda: as_npz(plot_numbers(plot, shown)),
        }
        self.write(path, lambda temporary: _fill(temporary, makers[kind]()))

    def copy(self, plot: str) -> None:
        """Put a picture of a plot on the clipboard."""
        caption = plot_caption(plot, self._shown())
        QGuiApplication.clipboard().setPixmap(picture(self._panel.tools[plot].whole(), caption))
        self._say(f"Copied as a picture: {caption}")

    @Slot()
    def _open(self) -> None:
        path = QFileDialog.getOpenFileName(self._panel, "Open a capture", "", _CAPTURES)[0]
        if path:
            self.open(Path(path))

    @Slot()
    def _save(self) -> None:
        shown = self._shown()
        capture = shown.capture
        path = QFileDialog.getSaveFileName(
            self._panel, "Save the capture", f"{shown.name}.safetensors", _CAPTURES
        )[0]
        if path and capture is not None:
            self.write(Path(path), lambda temporary: save_capture(capture, temporary))

    @Slot(str, str)
    def _export(self, plot: str, kind: str) -> None:
        if kind == COPY:
            self.copy(plot)
            return
        name = f"{self._shown().name} {plot}.{kind}"
        path = QFileDialog.getSaveFileName(self._panel, "Export", name.strip(), _FILTERS[kind])[0]
        if path:
            self.export(plot, kind, Path(path))


def _fill(path: Path, data: bytes) -> None:
    path.write_bytes(data)
