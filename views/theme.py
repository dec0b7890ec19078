"""Colours and spacing. Light or dark follows the system while the program runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from views.stylesheet import stylesheet

GAP = 6
RADIUS = 8
SMALLEST, LARGEST = 0.7, 2.0  # of the text's size


@dataclass(frozen=True)
class Colours:
    """One scheme. Text reaches a contrast of 4.5:1 on `window`, `surface` and `raised`; marks reach 3:1."""

    window: str
    surface: str
    raised: str
    border: str
    control: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    outlier: str
    good: str
    warning: str
    danger: str
    warning_soft: str
    danger_soft: str
    bar: str
    grid: str
    tint: str
    purposes: tuple[tuple[str, str], ...]

    def purpose(self, key: str) -> str:
        """Colour of a purpose in the memory panel; an unknown one is drawn as an ordinary bar."""
        return dict(self.purposes).get(key, self.bar)


LIGHT = Colours(
    window="#f3f4f7",
    surface="#ffffff",
    raised="#e9ecf1",
    border="#d3d8e0",
    control="#848d9b",
    text="#1b1f27",
    muted="#565e6c",
    accent="#2456c7",
    on_accent="#ffffff",
    accent_soft="#e1e9fb",
    outlier="#b23c06",
    good="#17693f",
    warning="#7a4f00",
    danger="#b3261e",
    warning_soft="#fcf0d4",
    danger_soft="#fce4e2",
    bar="#6f83a6",
    grid="#e3e6ec",
    tint="#e8722a",
    purposes=(
        ("weights", "#3565c9"),
        ("scales", "#0f8a96"),
        ("norms", "#8a6d1f"),
        ("kv_cache", "#c2571a"),
        ("workspace", "#8452b8"),
        ("probes", "#b8417c"),
        ("staging", "#6b7686"),
        ("embeddings", "#5b4fc4"),
        ("adapters", "#3f7d2c"),
        ("driver", "#7a6a58"),
        ("display", "#4f7480"),
        ("other_programs", "#6b7686"),
    ),
)

DARK = Colours(
    window="#15171c",
    surface="#1c1f26",
    raised="#282c36",
    border="#353a46",
    control="#717a8a",
    text="#e5e8ee",
    muted="#a4acba",
    accent="#8fb3ff",
    on_accent="#10182b",
    accent_soft="#25335a",
    outlier="#ff9d57",
    good="#6fd29b",
    warning="#f0c25f",
    danger="#ff8d83",
    warning_soft="#3b3015",
    danger_soft="#3d2223",
    bar="#7189b3",
    grid="#2a2e38",
    tint="#a8480c",
    purposes=(
        ("weights", "#6c9bff"),
        ("scales", "#3fc3cf"),
        ("norms", "#d3b052"),
        ("kv_cache", "#ff9d57"),
        ("workspace", "#b98cf0"),
        ("probes", "#f07fb4"),
        ("staging", "#98a2b3"),
        ("embeddings", "#9a8cff"),
        ("adapters", "#86c96f"),
        ("driver", "#b5a48f"),
        ("display", "#8db3bf"),
        ("other_programs", "#98a2b3"),
    ),
)


class Theme(QObject):
    """Dresses the application and says when its colours change.

    `scheme` overrides the system's choice, for screenshots and for people who prefer one.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Qt.ColorScheme | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._override = scheme
        self._scale = 1.0
        self._font = app.font()
        app.setStyle("Fusion")
        self._system = _system_scheme(app)
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    @property
    def is_dark(self) -> bool:
        return (self._override or self._system) == Qt.ColorScheme.Dark

    @property
    def colours(self) -> Colours:
        return DARK if self.is_dark else LIGHT

    def override(self, scheme: Qt.ColorScheme | None) -> None:
        """Use `scheme` whatever the system says; None follows the system again."""
        self._override = scheme
        self._apply()

    @property
    def scale(self) -> float:
        """How much larger text is than the system's."""
        return self._scale

    def set_scale(self, scale: float) -> None:
        """Draw text larger or smaller, within `SMALLEST` and `LARGEST`."""
        self._scale = max(SMALLEST, min(LARGEST, scale))
        self._apply()

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self._system = scheme
        self._apply()

    def _apply(self) -> None:
        self._app.setPalette(palette(self.colours))
        font = QFont(self._font)
        font.setPointSizeF(self._font.pointSizeF() * self._scale)
        self._app.setFont(font)
        self._app.setStyleSheet(stylesheet(self.colours, RADIUS, self._scale))
        self.changed.emit()


def _system_scheme(app: QGuiApplication) -> Qt.ColorScheme:
    """The desktop's scheme; where it tells none, what its window colour looks like."""
    scheme = app.styleHints().colorScheme()
    if scheme != Qt.ColorScheme.Unknown:
        return scheme
    dark = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
    return Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light


def palette(c: Colours) -> QPalette:
    """The Qt palette of a scheme, its disabled group included."""
    role = QPalette.ColorRole
    roles: dict[Any, str] = {
        role.Window: c.window,
        role.WindowText: c.text,
        role.Base: c.surface,
        role.AlternateBase: c.raised,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.BrightText: c.danger,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.Accent: c.accent,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.PlaceholderText: c.muted,
        role.Light: c.surface,
        role.Midlight: c.raised,
        role.Mid: c.border,
        role.Dark: c.control,
        role.Shadow: c.window,
    }
    result = QPalette()
    for key, colour in roles.items():
        result.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, QColor(c.control))
    return result
