"""The spikes of one site, before and after a remedy on the same axis, and what grids leave of the rest."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from views.frames.outliers import ProfileFrame
from views.outliers.bars import TitledBars
from views.theme import GAP, Theme
from views.widgets import describe, label, tool_button

_HEADINGS = ("8-bit grid", "levels left", "after")


class ProfilePage(QWidget):
    """Sliders speak in hundredths; −1 is none."""

    smoothing_chosen = Signal(int)
    rotation_toggled = Signal(bool)
    clip_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._title = label("", "strong")
        self._note = label("", "muted", wrap=True)
        self._before = TitledBars(theme, "before", "Before", "channel")
        self._after = TitledBars(theme, "after", "After", "channel")
        self._smooth = _slider(
            "SmoothQuant α", "Moves magnitude into the weights: x / s, s = max|x|^α / max|w|^(1−α)"
        )
        self._smooth_text = label("", "muted")
        self._rotate = tool_button("Hadamard rotation", "Spreads every channel over all of its block")
        self._rotate.setCheckable(True)
        self._clip = _slider("Clipping", "Cuts values at ±T; to the right is no clipping")
        self._clip_text = label("", "muted")
        self._cells = [[label("", "muted") for _ in range(3)] for _ in range(4)]
        self._lay_out()
        self._smooth.valueChanged.connect(lambda value: self.smoothing_chosen.emit(value or -1))
        self._rotate.toggled.connect(self.rotation_toggled)
        self._clip.valueChanged.connect(lambda value: self.clip_chosen.emit(-1 if value == 100 else value))

    def set_frame(self, frame: ProfileFrame) -> None:
        self._title.setText(frame.title)
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        self._before.set_frame(frame.before)
        self._after.setVisible(frame.after is not None)
        if frame.after is not None:
            self._after.set_frame(frame.after)
        self._show_controls(frame)
        rows = (_HEADINGS, *frame.levels)
        for cells, texts in zip(self._cells, rows, strict=False):
            for cell, text in zip(cells, texts, strict=True):
                cell.setText(text)

    def levels(self) -> list[tuple[str, ...]]:
        """The small table as it reads."""
        return [tuple(cell.text() for cell in cells) for cells in self._cells]

    def _show_controls(self, frame: ProfileFrame) -> None:
        for control in (self._smooth, self._rotate, self._clip):
            control.setEnabled(frame.enabled)
        self._smooth.setEnabled(frame.enabled and frame.can_smooth)
        with QSignalBlocker(self._smooth), QSignalBlocker(self._rotate), QSignalBlocker(self._clip):
            self._smooth.setValue(frame.smoothing or 0)
            self._rotate.setChecked(frame.rotates)
            self._clip.setValue(100 if frame.clip is None else frame.clip)
        self._smooth_text.setText("off" if frame.smoothing is None else f"{frame.smoothing / 100:.2f}")
        self._clip_text.setText(frame.clip_text or "off")

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(GAP)
        for widget in (
            label("SmoothQuant α"),
            self._smooth,
            self._smooth_text,
            self._rotate,
            label("Clip"),
            self._clip,
            self._clip_text,
        ):
            controls.addWidget(widget, 1 if isinstance(widget, QSlider) else 0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GAP)
        for row, cells in enumerate(self._cells):
            for column, cell in enumerate(cells):
                grid.addWidget(cell, row, column)
        grid.setColumnStretch(3, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.addWidget(self._title)
        page.addLayout(controls)
        page.addWidget(self._before, 1)
        page.addWidget(self._after, 1)
        page.addLayout(grid)
        page.addWidget(self._note)


def _slider(name: str, tooltip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.setMinimumWidth(60)
    describe(slider, name, tooltip)
    return slider
