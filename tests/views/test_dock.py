"""A dock tells when its panel comes and goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QToolButton

from views.dock import PanelDock


def test_it_names_the_panel_that_is_shown_or_hidden(qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = PanelDock("Spikes", QLabel("bars"))
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    with qtbot.waitSignal(dock.panel_shown) as shown:
        window.show()
    with qtbot.waitSignal(dock.panel_shown) as hidden:
        dock.close()
    assert (shown.args, hidden.args) == (["spikes", True], ["spikes", False])


def test_a_panel_behind_another_is_not_seen(qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    front, back = PanelDock("Spikes", QLabel()), PanelDock("Damage", QLabel())
    for dock in (back, front):
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    with qtbot.waitSignal(back.panel_shown) as hidden:
        window.tabifyDockWidget(back, front)
        front.raise_()
    assert hidden.args == ["damage", False]


def test_keys_can_float_and_hide_it(qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = PanelDock("Spikes", QLabel("bars"))
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    float_, hide = dock.titleBarWidget().findChildren(QToolButton)
    assert [b.accessibleName() for b in (float_, hide)] == [
        "Take Spikes out of the window, or put it back",
        "Hide Spikes",
    ]
    for floating in (True, False):
        qtbot.keyClick(float_, Qt.Key.Key_Space)
        assert dock.isFloating() is floating
    qtbot.keyClick(hide, Qt.Key.Key_Space)
    assert not dock.isVisible()
