"""Captures to and from files, and pictures and numbers of what is on show."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.atomic import replacing
from app.presenters.outlier_numbers import Arrays, as_csv, as_npz
from app.presenters.outliers import MapPresenter
from gpu.errors import QuantscopeError
from gpu.probes.capture_file import load_capture, save_capture
from gpu.probes.captured import Capture
from views.frames.outliers import VerdictsFrame
from views.outliers import OutliersPanel
from views.pictures import png_bytes, svg_bytes

_CAPTURES = "Captures (*.safetensors)"
_FILTERS = {
    "png": "Pictures (*.png)",
    "svg": "Drawings (*.svg)",
    "csv": "Tables (*.csv)",
    "npz": "Arrays (*.npz)",
    "verdicts": "Tables (*.csv)",
    "page-png": "Pictures (*.png)",
    "page-svg": "Drawings (*.svg)",
    "page-csv": "Tables (*.csv)",
    "page-npz": "Arrays (*.npz)",
}
STATISTICS = ("absmax", "mean_abs", "rms", "kurtosis", "ratio", "share_low", "share_high", "peak")


class Say(Protocol):
    def __call__(self, sentence: str, *, is_error: bool = False) -> None: ...


class CaptureFiles(QObject):
    """Asks where, reads or writes, and says in a sentence what did not work. `numbers` gives those of the
    page in front."""

    def __init__(
        self,
        panel: OutliersPanel,
        add: Callable[[str, Capture], None],
        say: Say,
        numbers: Callable[[], Arrays],
    ) -> None:
        super().__init__(panel)
        self._panel, self._add, self._say, self._numbers = panel, add, say, numbers
        self._name = ""
        self._capture: Capture | None = None
        self._map: MapPresenter | None = None
        self._verdicts = VerdictsFrame()
        panel.source.open_requested.connect(self._open)
        panel.source.save_requested.connect(self._save)
        panel.source.export_requested.connect(self._export)
        panel.source.copy_requested.connect(panel.copy_picture)
        panel.source.copy_page_requested.connect(panel.copy_page)

    def set_shown(self, name: str, capture: Capture | None) -> None:
        self._name, self._capture = name, capture

    def set_map(self, shown: MapPresenter | None) -> None:
        self._map = shown

    def set_verdicts(self, shown: VerdictsFrame) -> None:
        self._verdicts = shown

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
        except (QuantscopeError, OSError) as error:
            self._say(str(error), is_error=True)
        else:
            self._say(f"Written: {path}")

    def export(self, kind: str, path: Path) -> None:
        """Write one of `EXPORTS` or `PAGE_EXPORTS`."""
        makers: dict[str, Callable[[], bytes]] = {
            "png": lambda: png_bytes(self._panel.map),
            "svg": lambda: svg_bytes(self._panel.map),
            "csv": lambda: map_csv(self._map).encode(),
            "npz": lambda: statistics_npz(self._capture),
            "verdicts": lambda: verdicts_csv(self._verdicts).encode(),
            "page-png": lambda: png_bytes(self._panel.page()),
            "page-svg": lambda: svg_bytes(self._panel.page()),
            "page-csv": lambda: as_csv(self._numbers()).encode(),
            "page-npz": lambda: as_npz(self._numbers()),
        }
        self.write(path, lambda temporary: _fill(temporary, makers[kind]()))

    @Slot()
    def _open(self) -> None:
        path = QFileDialog.getOpenFileName(self._panel, "Open a capture", "", _CAPTURES)[0]
        if path:
            self.open(Path(path))

    @Slot()
    def _save(self) -> None:
        capture = self._capture
        path = QFileDialog.getSaveFileName(
            self._panel, "Save the capture", f"{self._name}.safetensors", _CAPTURES
        )[0]
        if path and capture is not None:
            self.write(Path(path), lambda temporary: save_capture(capture, temporary))

    @Slot(str)
    def _export(self, kind: str) -> None:
        suffix = "csv" if kind == "verdicts" else kind.removeprefix("page-")
        path = QFileDialog.getSaveFileName(self._panel, "Export", f"{self._name}.{suffix}", _FILTERS[kind])[0]
        if path:
            self.export(kind, Path(path))


def map_csv(shown: MapPresenter | None) -> str:
    """The map as a table: a line for every channel, a column for every layer's site."""
    out = io.StringIO()
    writer = csv.writer(out)
    if shown is not None:
        writer.writerow(["channel", *(f"{site.site} {shown.pick.statistic}" for site in shown.sites)])
        values = np.stack([getattr(site, shown.pick.statistic) for site in shown.sites], axis=1)
        writer.writerows([int(channel), *values[channel].tolist()] for channel in shown.order)
    return out.getvalue()


def verdicts_csv(frame: VerdictsFrame) -> str:
    """The ranked table."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(frame.headings)
    writer.writerows(row.cells for row in frame.rows)
    return out.getvalue()


def statistics_npz(capture: Capture | None) -> bytes:
    """Every statistic of every site as `<site>/<statistic>`."""
    sites = capture.sites if capture is not None else {}
    return as_npz(
        {f"{site}/{name}": getattr(found, name) for site, found in sites.items() for name in STATISTICS}
    )


def _fill(path: Path, data: bytes) -> None:
    path.write_bytes(data)
