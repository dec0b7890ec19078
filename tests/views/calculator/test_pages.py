"""Pages that are built when they are first looked at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from views.calculator.pages import Pages


@pytest.fixture
def built() -> list[str]:
    return []


@pytest.fixture
def pages(qtbot, built: list[str]) -> Pages:
    def make(key: str) -> QWidget:
        built.append(key)
        return QLabel(key)

    result = Pages({"one": ("One", "The first"), "two": ("Two", "The second")}, make)
    qtbot.addWidget(result)
    result.show()
    return result


def test_only_what_is_looked_at_is_built(qtbot, pages: Pages, built: list[str]) -> None:
    assert (built, pages.key, pages.page("two")) == (["one"], "one", None)
    with qtbot.waitSignal(pages.turned) as told:
        qtbot.mouseClick(pages.button("two"), Qt.MouseButton.LeftButton)
    assert told.args == ["two"]
    assert pages.page("two").isVisible()
    assert not pages.page("one").isVisible()
    pages.show_page("one")
    assert built == ["one", "two"], "and it is built once"


def test_the_keyboard_turns_pages(qtbot, pages: Pages) -> None:
    with qtbot.waitSignal(pages.turned):
        qtbot.keyClick(pages.button("two"), Qt.Key.Key_Space)
    assert pages.button("two").isChecked()
