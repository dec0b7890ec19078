"""Every text of the whole window can be read in both schemes: 4.5:1 against what it is written on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QTransform
from PySide6.QtWidgets import QApplication, QWidget

from app.gui import Gui
from tests.app.windows import WORKSPACES, filled_window, show
from tests.views.test_theme import TEXT, contrast
from views.pictures import svg_bytes

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Written:
    """A text as it was drawn: its ink, and where its baseline begins in the window."""

    text: str
    ink: str
    at: QPoint
    size_px: float


@pytest.fixture(scope="module")
def gui(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gui]:
    with filled_window(qapp, tmp_path_factory.mktemp("settings")) as result:
        yield result


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
@pytest.mark.parametrize("workspace", WORKSPACES)
def test_every_text_can_be_read(gui: Gui, workspace: str, scheme: Qt.ColorScheme) -> None:
    gui._theme.override(scheme)
    show(gui, workspace)
    assert len(written_on(gui.window)) > 20
    assert faint_on(gui.window) == {}


def faint_on(window: QWidget) -> dict[tuple[str, str, str], float]:
    """The contrast of every text below what is asked: text, ink and paper."""
    picture = window.grab().toImage()
    return {
        (one.text, one.ink, paper): round(ratio, 1)
        for one in written_on(window)
        if is_enabled(window, one.at)
        if (ratio := contrast(one.ink, paper := paper_of(picture, one))) < TEXT
    }


def written_on(window: QWidget) -> list[Written]:
    """What is drawn as text, from a drawing of the window in which text stays text."""
    root = ElementTree.fromstring(svg_bytes(window))
    found = []
    for group in root.iter(f"{SVG}g"):
        for text in group.findall(f"{SVG}text"):
            numbers = [float(n) for n in group.get("transform", "matrix(1,0,0,1,0,0)")[7:-1].split(",")]
            place = QPointF(float(text.get("x", "0")), float(text.get("y", "0")))
            at = QTransform(*numbers).map(place).toPoint()
            found.append(
                Written(text.text or "", text.get("fill", ""), at, float(text.get("font-size", "9")))
            )
    return [one for one in found if one.text.strip() and window.rect().contains(one.at)]


def paper_of(picture: QImage, one: Written) -> str:
    """The commonest colour around the beginning of a text."""
    box = QRect(one.at - QPoint(1, round(one.size_px)), one.at + QPoint(24, 2)).intersected(picture.rect())
    pixels = Counter(
        picture.pixelColor(x, y).name()
        for x in range(box.left(), box.right() + 1)
        for y in range(box.top(), box.bottom() + 1)
    )
    return pixels.most_common(1)[0][0]


def is_enabled(window: QWidget, at: QPoint) -> bool:
    """What cannot be used now may be faint."""
    child = window.childAt(at)
    return child is None or child.isEnabled()
