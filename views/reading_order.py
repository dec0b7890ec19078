"""Where Tab goes: what can be worked, in the order in which the window is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


@runtime_checkable
class Scrolling(Protocol):
    """Whatever scrolls: Qt's own area, and the transcript."""

    def ensureWidgetVisible(self, widget: QWidget) -> None: ...


def move_focus(window: QWidget, forward: bool) -> bool:
    """What Tab and Shift+Tab do; whether there is anywhere to go."""
    stop = next_stop(window, window.focusWidget(), forward)
    if stop is not None:
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stop.setFocus(reason)
        _show(stop)
    return stop is not None


def focus_first(page: QWidget) -> None:
    """Bring the keyboard to a page that has come to the front, where it is not there already."""
    if not page.isAncestorOf(page.window().focusWidget()):
        for stop in stops(page)[:1]:
            stop.setFocus()


def next_stop(window: QWidget, here: QWidget | None, forward: bool) -> QWidget | None:
    """The stop after or before `here`, at the ends the one at the other end; None if there is none.

    From what was hidden it goes on from what that is in.
    """
    order = list(_read(window))
    if not forward:
        order.reverse()
    while here is not None and here not in order:
        here = here.parentWidget()
    at = order.index(here) + 1 if here in order else 0
    return next((widget for widget in (*order[at:], *order[:at]) if is_stop(widget)), None)


def stops(window: QWidget) -> list[QWidget]:
    """Every stop, first to last."""
    return [widget for widget in _read(window) if is_stop(widget)]


def is_stop(widget: QWidget) -> bool:
    """Whether Tab stops here; what has a proxy is a part of another control."""
    wants = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return wants and widget.isEnabled() and widget.focusProxy() is None


def _show(widget: QWidget) -> None:
    """Scroll every area around a widget until it is in sight."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, Scrolling):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


def _read(parent: QWidget) -> Iterator[QWidget]:
    """Everything that is shown inside, parents before their children; other windows are left out."""
    children = [child for child in parent.children() if isinstance(child, QWidget)]
    for child in in_rows([child for child in children if child.isVisible() and not child.isWindow()]):
        yield child
        yield from _read(child)


def in_rows(widgets: Sequence[QWidget]) -> list[QWidget]:
    """Top down, and within a row from the left; what begins above the middle of a row's first is in it."""
    rows: list[list[QWidget]] = []
    for widget in sorted(widgets, key=lambda one: (one.y(), one.x())):
        if rows and widget.y() < rows[-1][0].geometry().center().y():
            rows[-1].append(widget)
        else:
            rows.append([widget])
    return [widget for row in rows for widget in sorted(row, key=lambda one: one.x())]
