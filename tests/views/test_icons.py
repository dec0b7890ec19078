"""Icons are sharp at every size and take the palette's colour."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPalette

from views.icons import NAMES, icon
from views.theme import DARK, LIGHT

pytestmark = pytest.mark.usefixtures("theme")


def inked(image) -> list[QColor]:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    colours = (image.pixelColor(x, y) for x, y in points)
    return [colour for colour in colours if colour.alpha() == 255]


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something(name: str) -> None:
    assert inked(icon(name).pixmap(QSize(32, 32), 1.0).toImage())


def test_colour_follows_the_theme(theme) -> None:
    plus = icon("plus")
    assert inked(plus.pixmap(QSize(32, 32), 1.0).toImage())[0].name() == LIGHT.text
    theme.override(Qt.ColorScheme.Dark)
    assert inked(plus.pixmap(QSize(32, 32), 1.0).toImage())[0].name() == DARK.text


def test_disabled_icon_is_grey() -> None:
    image = icon("plus").pixmap(QSize(32, 32), 1.0, QIcon.Mode.Disabled).toImage()
    assert inked(image)[0].name() == LIGHT.control


def test_role_chooses_the_colour() -> None:
    image = icon("plus", QPalette.ColorRole.Accent).pixmap(QSize(32, 32), 1.0).toImage()
    assert inked(image)[0].name() == LIGHT.accent


def test_no_size_is_no_picture() -> None:
    assert icon("plus").pixmap(QSize(0, 0), 1.0).isNull()


def test_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError):
        icon("unicorn")
