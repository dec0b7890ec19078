"""Where every byte of GPU memory went: a bar by purpose against the total, and the exact figures."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from views.frames import MemoryEntry, MemoryFrame
from views.theme import GAP, Theme
from views.widgets import as_card, describe, label, push_button

_UNITS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_BAR_HEIGHT = 18
_LEAST_CELL_WIDTH = 156


def size_text(size_bytes: int) -> str:
    """A size in the largest unit that leaves at least one, as the calculator writes it: 1.50 GiB."""
    for unit, name in _UNITS:
        if size_bytes >= unit:
            return f"{size_bytes / unit:.2f} {name}"
    return f"{size_bytes} B"


class MemoryPanel(QWidget):
    """Stacked bar, legend with exact bytes, where the total came from, and the way to the calculator."""

    calculator_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._headline = label("", "strong", wrap=True)
        self._bar = StackedBar(theme)
        self._legend = Legend(theme)
        self._total = label("", "muted", wrap=True)
        self._link = push_button(
            "Open in the calculator", "Every byte explained, and what else would fit", "link", "calculator"
        )
        self._link.clicked.connect(self.calculator_requested)
        self._lay_out()
        self.set_frame(MemoryFrame())

    def set_frame(self, frame: MemoryFrame) -> None:
        self._headline.setText(frame.headline if frame.entries else "No GPU memory is in use.")
        self._bar.set_frame(frame)
        self._legend.set_frame(frame)
        self._total.setText(total_sentence(frame))
        self._total.setVisible(bool(self._total.text()))

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The legend as it reads: purpose, size, share, exact bytes."""
        return self._legend.rows()

    def total(self) -> str:
        return self._total.text()

    def headline(self) -> str:
        return self._headline.text()

    def _lay_out(self) -> None:
        """All of it scrolls: in a low dock at large text Qt would cut the sentences off."""
        as_card(self)
        inside = QWidget()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(
            scroll, "Memory by purpose", "Bytes held under each purpose; the share is of all that is held"
        )
        top = QHBoxLayout()
        top.addWidget(self._headline, 1)
        top.addWidget(self._link)
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(GAP)
        column.addLayout(top)
        for part in (self._bar, self._total, self._legend):
            column.addWidget(part, 1 if part is self._legend else 0)
        scroll.setWidget(inside)
        for ground in (scroll.viewport(), inside):
            ground.setAutoFillBackground(False)  # the card shows through
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(scroll)


def total_sentence(frame: MemoryFrame) -> str:
    """How much is held of how much there is, and who says so; empty while there is no adapter."""
    if not (frame.adapter or frame.entries):
        return ""
    used = sum(entry.size_bytes for entry in frame.entries)
    where = f" on {frame.adapter}" if frame.adapter else ""
    if frame.total_bytes is None:
        return f"{size_text(used)} allocated{where}; the adapter's total is unknown."
    share = used / frame.total_bytes if frame.total_bytes else 0.0
    source = f"; total from {frame.total_source}" if frame.total_source else ""
    return f"{size_text(used)} of {size_text(frame.total_bytes)}{where}, {share:.1%}{source}"


class StackedBar(QWidget):
    """One segment a purpose; the empty rest is memory this program does not hold."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame = MemoryFrame()
        describe(self, "GPU memory", "GPU memory by purpose; the empty part is not held by this program")
        self.setFixedHeight(_BAR_HEIGHT)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, _BAR_HEIGHT)

    def set_frame(self, frame: MemoryFrame) -> None:
        self._frame = frame
        self.update()

    def segments(self) -> Iterator[tuple[MemoryEntry, QRectF]]:
        """Each entry with the rectangle it fills, in widget coordinates; at least a pixel wide."""
        used = sum(entry.size_bytes for entry in self._frame.entries)
        whole = max(self._frame.total_bytes or 0, used, 1)
        left = 0.0
        for entry in self._frame.entries:
            width = max(1.0, self.width() * entry.size_bytes / whole) if entry.size_bytes else 0.0
            yield entry, QRectF(left, 0, width, self.height())
            left += width

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(colours.raised))
        for entry, rect in self.segments():
            painter.fillRect(rect, QColor(colours.purpose(entry.colour_key or entry.purpose)))
        painter.setPen(QPen(QColor(colours.control), 1))
        painter.drawPath(outline)


class _Swatch(QWidget):
    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self._theme = theme
        self._key = key
        self.setFixedSize(10, 10)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self._theme.colours.purpose(self._key)))


class _Cell(QWidget):
    """One purpose: swatch, name, size and share, and the exact bytes below."""

    def __init__(self, theme: Theme, entry: MemoryEntry) -> None:
        super().__init__()
        self._name = label(entry.label)
        self._size = label("", "strong")
        self._bytes = label("", "muted")
        self._bytes.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._share = label("", "muted")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(0)
        grid.addWidget(_Swatch(theme, entry.colour_key or entry.purpose), 0, 0)
        grid.addLayout(_row(self._name, self._size), 0, 1)
        grid.addLayout(_row(self._bytes, self._share), 1, 1)
        grid.setColumnStretch(1, 1)
        describe(self, entry.label, entry.tooltip)

    def show_size(self, size_bytes: int, share: float) -> None:
        self._size.setText(size_text(size_bytes))
        self._bytes.setText(f"{size_bytes:,} B")
        self._share.setText(f"{share:.1%}")

    def texts(self) -> tuple[str, str, str, str]:
        return self._name.text(), self._size.text(), self._share.text(), self._bytes.text()


class Legend(QWidget):
    """The purposes in as many columns as fit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: tuple[MemoryEntry, ...] = ()
        self._cells: list[_Cell] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(5)

    def set_frame(self, frame: MemoryFrame) -> None:
        if [e.purpose for e in frame.entries] != [e.purpose for e in self._entries]:
            self._rebuild(frame.entries)
        self._entries = frame.entries
        used = sum(entry.size_bytes for entry in frame.entries)
        for cell, entry in zip(self._cells, frame.entries, strict=True):
            cell.show_size(entry.size_bytes, entry.size_bytes / used if used else 0.0)

    def rows(self) -> list[tuple[str, str, str, str]]:
        return [cell.texts() for cell in self._cells]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _rebuild(self, entries: tuple[MemoryEntry, ...]) -> None:
        for cell in self._cells:
            cell.deleteLater()
        self._cells = [_Cell(self._theme, entry) for entry in entries]
        self._arrange()

    def _arrange(self) -> None:
        widest = max((cell.sizeHint().width() for cell in self._cells), default=0)
        columns = max(1, (self.width() + 18) // (max(widest, _LEAST_CELL_WIDTH) + 18))
        for index, cell in enumerate(self._cells):
            self._grid.addWidget(cell, index // columns, index % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._grid.setRowStretch(self._grid.rowCount(), 1)


def _row(left: QLabel, right: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP)
    row.addWidget(left)
    row.addStretch()
    row.addWidget(right)
    return row
