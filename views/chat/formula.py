"""LaTeX as a picture, set by ziamath and drawn by Qt."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

LONGEST = 600  # characters; a longer formula is shown as it was written, since setting it would take too long
_MOST_KEPT = 512
_TALLEST = 60  # of the letters' size
_ONE_LIMIT = re.compile(
    r"\\(?:sum|prod|coprod|big(?:cup|cap|sqcup|vee|wedge|oplus|otimes|odot|uplus))(?=\s*[_^])"
)
_VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')


@dataclass
class Formula:
    """A formula of `ascent` and `descent` pixels above and below the base line."""

    svg: bytes
    width: float
    ascent: float
    descent: float
    _picture: QPixmap | None = None

    @property
    def size(self) -> QSizeF:
        return QSizeF(self.width, self.ascent + self.descent)

    def draw(self, painter: QPainter, at: QPointF, scale: float = 1.0) -> None:
        """With the upper left corner `at`."""
        ratio = painter.device().devicePixelRatioF() * scale
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = self._paint(ratio)
        painter.drawPixmap(QRectF(at, self.size * scale), self._picture, QRectF(self._picture.rect()))

    def _paint(self, ratio: float) -> QPixmap:
        result = QPixmap((self.size * ratio).toSize().expandedTo(QSizeF(1, 1).toSize()))
        result.fill(Qt.GlobalColor.transparent)
        painter = QPainter(result)
        QSvgRenderer(QByteArray(self.svg)).render(painter, QRectF(result.rect()))
        painter.end()
        result.setDevicePixelRatio(ratio)
        return result


def make_ready() -> None:
    """Load what sets formulas and colours code while nobody waits: a fifth of a second on first use.

    Not on a thread of its own: Qt's bindings hook into imports, and two at once can lock each other out.
    """
    import_module("ziamath")
    lexers: Any = import_module("pygments.lexers.python")
    lexers.PythonLexer()  # the first one compiles what all of them use


class FormulaPress:
    """Sets formulas in one size and colour, and keeps the newest ones."""

    def __init__(self, size_px: float, colour: str) -> None:
        self._size_px = size_px
        self._colour = colour
        self._kept: OrderedDict[tuple[str, bool], Formula | None] = OrderedDict()

    def set(self, latex: str, display: bool) -> Formula | None:
        """None for what is no formula ziamath can set: that is shown as it was written."""
        key = (latex, display)
        if key not in self._kept:
            self._kept[key] = self._render(latex, display) if len(latex) <= LONGEST else None
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def _render(self, latex: str, display: bool) -> Formula | None:
        """Brackets around a sum of one limit get 2,000 pixels tall unless `\\limits` is written."""
        found = self._press(latex, display)
        if self._is_endless(found):
            found = self._press(_ONE_LIMIT.sub(r"\g<0>\\limits", latex), display)
        return None if self._is_endless(found) else found

    def _is_endless(self, formula: Formula | None) -> bool:
        return formula is not None and formula.size.height() > _TALLEST * self._size_px

    def _press(self, latex: str, display: bool) -> Formula | None:
        ziamath: Any = import_module("ziamath")  # as late as can be: see make_ready
        ziamath.config.svg2 = False  # Qt reads the older SVG
        try:
            made = ziamath.Latex(latex, size=self._size_px, color=self._colour, inline=not display)
            svg = made.svg()
        except Exception:  # the library states no errors of its own: any of them means "cannot"
            return None
        return _measured(svg)


def _measured(svg: str) -> Formula | None:
    """The base line is at 0 of the picture's own coordinates."""
    found = _VIEW_BOX.search(svg)
    if found is None:
        return None
    _, top, width, height = map(float, found.groups())
    return Formula(svg.encode(), width, max(1.0, -top), max(0.0, height + top))
