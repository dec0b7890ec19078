from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.views.microscope.samples import damage, map_frame
from views.microscope.damage_map import DamageMap
from views.theme import Theme


@pytest.fixture
def shown(theme: Theme, qtbot: QtBot) -> DamageMap:
    view = DamageMap(theme)
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    view.set_frame(map_frame())
    QApplication.processEvents()
    return view


def middle_of(view: DamageMap, row: int, block: int) -> QPoint:
    scene = view.plotItem.vb.mapViewToScene(QPointF(block + 0.5, row + 0.5))
    return view.mapFromScene(scene)


def test_a_click_chooses_the_block_under_it(shown: DamageMap, qtbot: QtBot) -> None:
    chosen: list[tuple[int, int]] = []
    shown.chosen.connect(lambda row, block: chosen.append((row, block)))
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(shown, 7, 3))
    assert chosen == [(7, 3)]


def test_the_pointer_reads_the_block(shown: DamageMap, qtbot: QtBot) -> None:
    said: list[str] = []
    shown.hovered.connect(said.append)
    qtbot.mouseMove(shown.viewport(), middle_of(shown, 7, 3))
    shown.mouseMoveEvent(_moved(shown, middle_of(shown, 7, 3)))
    assert said[-1] == "row 7 · block 3 · 2 dB"


def _moved(view: DamageMap, at: QPoint) -> object:
    from PySide6.QtGui import QMouseEvent  # noqa: PLC0415

    return QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(at),
        view.mapToGlobal(QPointF(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )


def test_arrows_step_from_block_to_block_and_stop_at_the_edge(shown: DamageMap, qtbot: QtBot) -> None:
    chosen: list[tuple[int, int]] = []
    shown.chosen.connect(lambda row, block: chosen.append((row, block)))
    shown.set_frame(map_frame(chosen=(0, 4)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(shown, key)
    assert chosen == [(0, 5), (1, 4), (0, 4)]


def test_many_blocks_are_drawn_by_their_worst_and_found_again(theme: Theme, qtbot: QtBot) -> None:
    values = np.full((20_000, 300), 20, np.float32)
    values[12_345, 123] = 1
    view = DamageMap(theme)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    view.set_frame(map_frame(values))
    QApplication.processEvents()
    rows, columns = view.halvings()
    assert rows >= 5
    assert columns <= 1
    where = middle_of(view, 12_345, 123)
    assert (12_345, 123) in {view.block_at(where.x(), where.y() + pixel) for pixel in (-1, 0, 1)}


def test_the_wheel_zooms_and_a_double_click_shows_all(shown: DamageMap, qtbot: QtBot) -> None:
    whole = shown.plotItem.vb.viewRect()
    at = QPointF(middle_of(shown, 20, 15))
    wheel = QWheelEvent(
        at,
        shown.mapToGlobal(at),
        QPoint(),
        QPoint(0, 480),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(shown.viewport(), wheel)
    assert shown.plotItem.vb.viewRect().width() < whole.width()
    qtbot.mouseDClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert shown.plotItem.vb.viewRect() == whole


def test_the_worst_block_is_the_strongest_colour(shown: DamageMap) -> None:
    picture = shown.grab().toImage()

    def brightness(row: int, block: int) -> int:
        colour = picture.pixelColor(middle_of(shown, row, block))
        return colour.red() + colour.green() + colour.blue()

    assert brightness(7, 3) < min(brightness(8, 3), brightness(7, 4), brightness(20, 20))


def test_nothing_is_drawn_without_blocks(shown: DamageMap) -> None:
    shown.set_frame(map_frame(np.zeros((0, 0), np.float32)))
    assert shown.block_at(100, 100) is None
    shown.set_frame(map_frame(damage(9, 4)))
    assert shown.block_at(250, 200) is not None
