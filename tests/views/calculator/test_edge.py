"""The handle of an edge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget

from views.calculator.edge import Edge


@pytest.fixture
def edge(qtbot, theme) -> Iterator[Edge]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(400, 100)
    result = Edge(parent, theme, "kv_cache", 46)
    result.show_at(1000, QPointF(200, 30), "Context", "8,192 tokens")
    parent.show()
    yield result
    parent.close()  # held until here: a widget goes with its parent


def test_it_stands_on_the_edge(edge: Edge) -> None:
    assert edge.geometry().center().x() == pytest.approx(200, abs=1)


def test_where_it_was_gripped_makes_no_difference(qtbot, edge: Edge) -> None:
    pulled: list[float] = []
    edge.pulled.connect(lambda _, x: pulled.append(x))
    grip = QPoint(2, 10)
    qtbot.mousePress(edge, Qt.MouseButton.LeftButton, pos=grip)
    qtbot.mouseMove(edge, grip + QPoint(30, 0))
    assert pulled[-1] == pytest.approx(230, abs=1)


def test_its_start_is_kept_while_it_is_held(qtbot, edge: Edge) -> None:
    qtbot.mousePress(edge, Qt.MouseButton.LeftButton, pos=QPoint(7, 10))
    edge.show_at(5000, QPointF(220, 30), "Context", "")
    assert edge.start_bytes == 1000
    qtbot.mouseRelease(edge, Qt.MouseButton.LeftButton)
    edge.show_at(5000, QPointF(220, 30), "Context", "")
    assert edge.start_bytes == 5000


def test_other_keys_are_left_to_others(qtbot, edge: Edge) -> None:
    with qtbot.assertNotEmitted(edge.stepped):
        qtbot.keyClick(edge, Qt.Key.Key_A)


def test_moving_without_holding_pulls_nothing(qtbot, edge: Edge) -> None:
    with qtbot.assertNotEmitted(edge.pulled):
        qtbot.mouseMove(edge, QPoint(12, 10))
