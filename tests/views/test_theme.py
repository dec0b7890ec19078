"""Both schemes can be read, and the application follows the one in force."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from views.theme import DARK, LIGHT, Colours, Theme

TEXT, MARK = 4.5, 3.0
PAPERS = ("window", "surface", "raised")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2: linearised sRGB, weighted by the eye's sensitivity."""
    c = QColor(colour)
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c.redF(), c.greenF(), c.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "danger", "warning", "good", "outlier"])
@pytest.mark.parametrize("paper", PAPERS)
def test_text_is_legible(colours: Colours, ink: str, paper: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, paper)) >= TEXT


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("on_accent", "accent"),
        ("text", "accent_soft"),
        ("accent", "accent_soft"),
        ("text", "warning_soft"),
        ("text", "danger_soft"),
    ],
)
def test_text_on_coloured_ground_is_legible(colours: Colours, ink: str, paper: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, paper)) >= TEXT


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_stand_out(colours: Colours) -> None:
    marks = [colours.bar, colours.control, *dict(colours.purposes).values()]
    assert [m for m in marks if contrast(m, colours.surface) < MARK] == []


def test_a_purpose_nobody_knows_is_an_ordinary_bar() -> None:
    assert LIGHT.purpose("weights") != LIGHT.purpose("something new") == LIGHT.bar


@pytest.fixture
def system(qapp: QApplication) -> Iterator[Theme]:
    """A theme that follows the system."""
    result = Theme(qapp)
    yield result
    shiboken6.delete(result)


def test_application_is_dressed(qapp: QApplication, system: Theme) -> None:
    system.override(Qt.ColorScheme.Dark)
    assert system.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.accent in qapp.styleSheet()


def test_change_of_the_system_is_followed_and_told(qapp: QApplication, system: Theme, qtbot) -> None:
    with qtbot.waitSignal(system.changed):
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert system.colours is DARK
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == DARK.surface
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert system.colours is LIGHT


def test_override_wins_over_the_system(qapp: QApplication, theme: Theme) -> None:
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colours is LIGHT
    theme.override(None)
    assert theme.colours is DARK
