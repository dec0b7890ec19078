"""Where the docked panels are, remembered for each workspace on its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtWidgets import QDockWidget, QMainWindow

VERSION = 3


class Arrangement:
    """The docks of a window. The first workspace starts with those docks it was built with, others with none.

    Every dock can be brought into every workspace by its switch.
    """

    def __init__(self, window: QMainWindow, docks: dict[str, QDockWidget], home: str) -> None:
        self._window = window
        self._docks = docks
        self._home = self._current = home
        self._default = window.saveState(VERSION)
        self._states: dict[str, QByteArray] = {}

    def enter(self, workspace: str, turn_page: Callable[[], object]) -> None:
        """Put the docks where they were when this workspace was last on show.

        The page is turned while no dock is: the new page and the old docks together could widen the window.
        """
        if workspace == self._current:
            turn_page()
            return
        self._states[self._current] = self._window.saveState(VERSION)
        self._current = workspace
        self._hide_docks()
        turn_page()
        self._apply()

    def reset(self) -> None:
        """Forget what was arranged, in every workspace."""
        self._states.clear()
        self._apply()

    def to_bytes(self) -> bytes:
        """Size and place of the window, and every workspace's docks."""
        self._states[self._current] = self._window.saveState(VERSION)
        data = QByteArray()
        stream = QDataStream(data, QIODevice.OpenModeFlag.WriteOnly)
        stream << self._window.saveGeometry()
        stream.writeInt32(len(self._states))
        for workspace, state in self._states.items():
            stream.writeQString(workspace)
            stream << state
        return bytes(data.data())

    def restore(self, layout: bytes) -> None:
        """What `to_bytes` gave; anything else changes nothing."""
        geometry, states = _read(layout)
        if states and self._window.restoreGeometry(geometry):
            self._states = states
            self._apply()

    def _apply(self) -> None:
        """Docks that were never arranged here stay hidden, but for the first workspace's."""
        if self._current in self._states:
            self._window.restoreState(self._states[self._current], VERSION)
        elif self._current == self._home:
            self._window.restoreState(self._default, VERSION)
        else:
            self._hide_docks()

    def _hide_docks(self) -> None:
        for dock in self._docks.values():
            dock.hide()


def _read(layout: bytes) -> tuple[QByteArray, dict[str, QByteArray]]:
    """Geometry and states; empty where the bytes are no layout."""
    geometry, states = QByteArray(), {}
    stream = QDataStream(QByteArray(layout))
    stream >> geometry
    count = stream.readInt32()
    while count > 0 and stream.status() == QDataStream.Status.Ok:
        workspace, state = stream.readQString(), QByteArray()
        stream >> state
        states[workspace] = state
        count -= 1
    return (geometry, states) if stream.status() == QDataStream.Status.Ok else (QByteArray(), {})
