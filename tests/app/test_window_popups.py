"""What opens over the window: every control of it has a name and every text can be read, in both schemes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLabel, QWidget

from app.gui import Gui
from tests.app.test_window_contrast import faint_on
from tests.app.test_window_keyboard import spoken
from tests.app.windows import filled_window
from views.chat.library import PromptLibrary
from views.chat.links import LinkPrompt
from views.chat.sampling import SamplingPopover
from views.chat.token_card import TokenCard
from views.frames import PromptFrame
from views.frames.tokens import AlternativeFrame, TokenCardFrame
from views.palette import CommandPalette
from views.shortcuts import ShortcutsDialog

CARD = TokenCardFrame(
    "Token 1 of 9",
    "« a»",
    (("Probability", "91.0%"), ("Entropy", "0.40 nats")),
    (AlternativeFrame(1, "« a»", 0.91, "91.0%", True), AlternativeFrame(2, "« b»", 0.09, "9.0%", False)),
    True,
    True,
    "A note.",
)


@pytest.fixture(scope="module")
def gui(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gui]:
    with filled_window(qapp, tmp_path_factory.mktemp("settings")) as result:
        yield result


def settings(gui: Gui) -> QWidget:
    gui.window.panels.chat._composer.show_settings()
    return gui.window.findChild(SamplingPopover)


def library(gui: Gui) -> QWidget:
    gui.window.panels.chat.set_library((PromptFrame("Mine", "Mine", own=True), PromptFrame("Why?", "Why?")))
    gui.window.panels.chat._show_library()
    return gui.window.findChild(PromptLibrary)


def link(gui: Gui) -> QWidget:
    prompt = gui.window.findChild(LinkPrompt)
    prompt.ask("https://example.org/a", QPoint(300, 300))
    return prompt


def token(gui: Gui) -> QWidget:
    card = gui.window.findChild(TokenCard)
    card.set_frame(CARD)
    card.popup_beside(QRect(300, 300, 20, 20))
    return card


def palette(gui: Gui) -> QWidget:
    gui.window._show_palette()
    return gui.window.findChild(CommandPalette)


def keys(gui: Gui) -> QWidget:
    dialog = ShortcutsDialog(gui.window.shortcuts(), gui.window)
    dialog.show()
    return dialog


@pytest.mark.parametrize("opened", [settings, library, link, token, palette, keys])
def test_it_can_be_heard_and_read(gui: Gui, opened: Callable[[Gui], QWidget]) -> None:
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        gui._theme.override(scheme)
        popup = opened(gui)
        QApplication.processEvents()
        assert [part for part in popup.findChildren(QWidget) if is_control(part) and not spoken(part)] == []
        assert faint_on(popup) == {}
        popup.close()


def is_control(part: QWidget) -> bool:
    works = part.isVisible() and part.focusPolicy() != Qt.FocusPolicy.NoFocus and part.focusProxy() is None
    return (
        works and not isinstance(part, QLabel) and not isinstance(part.parent(), QAbstractSpinBox | QComboBox)
    )
