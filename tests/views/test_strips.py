"""The banner says one thing and offers one way on; the load strip shows how far and lets go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QPushButton, QToolButton

from tests.views.controls import named
from views.frames import BannerFrame, Choice, LoadFrame
from views.strips import Banner, LoadStrip, progress_text

LOST = BannerFrame("error", "The driver took the device away.", "Load again", "reload")
LOADING = LoadFrame("Qwen3-4B", "Quantizing", 512 * 2**20, 2**31)


@pytest.fixture
def banner(qtbot) -> Banner:
    result = Banner()
    qtbot.addWidget(result)
    result.set_frame(LOST)
    return result


@pytest.fixture
def strip(qtbot) -> LoadStrip:
    result = LoadStrip()
    qtbot.addWidget(result)
    result.set_frame(LOADING)
    return result


@pytest.mark.usefixtures("theme")
def test_banner_speaks_and_acts(banner: Banner, qtbot) -> None:
    assert banner.isVisible()
    assert banner.accessibleName() == "Error: The driver took the device away."
    with qtbot.waitSignal(banner.action_requested) as asked:
        qtbot.mouseClick(named(banner, QPushButton, "Load again"), Qt.MouseButton.LeftButton)
    assert asked.args == ["reload"]
    assert banner.isVisible()


def test_banner_is_dismissed(banner: Banner, qtbot) -> None:
    with qtbot.waitSignal(banner.dismissed):
        qtbot.mouseClick(named(banner, QToolButton, "Dismiss this message"), Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_banner_without_action_has_no_button(banner: Banner) -> None:
    banner.set_frame(BannerFrame("warning", "The total is a guess."))
    assert not banner.findChild(QPushButton).isVisible()
    banner.set_frame(LOST)
    assert banner.findChild(QPushButton).isVisible()
    banner.set_frame(None)
    assert not banner.isVisible()


def test_progress_is_told_in_bytes_and_drawn(strip: LoadStrip) -> None:
    assert strip.text() == "Quantizing · 512.00 MiB of 2.00 GiB"
    bar = strip.findChild(QProgressBar)
    assert bar.value() / bar.maximum() == 0.25


def test_files_beyond_32_bits_are_drawn_right(strip: LoadStrip) -> None:
    strip.set_frame(LoadFrame("Qwen3-235B", "Reading", 300 * 2**30, 400 * 2**30))
    bar = strip.findChild(QProgressBar)
    assert bar.value() / bar.maximum() == 0.75


def test_unknown_end_is_a_busy_bar(strip: LoadStrip) -> None:
    frame = replace(LOADING, total_bytes=0)
    strip.set_frame(frame)
    assert progress_text(frame) == "Quantizing"
    assert strip.findChild(QProgressBar).maximum() == 0


def test_loading_is_cancelled_if_it_can_be(strip: LoadStrip, qtbot) -> None:
    button = named(strip, QPushButton, "Cancel")
    with qtbot.waitSignal(strip.cancelled):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    strip.set_frame(replace(LOADING, cancellable=False))
    assert not button.isEnabled()
    strip.set_frame(None)
    assert not strip.isVisible()


@pytest.mark.usefixtures("theme")
def test_several_ways_on_are_a_button_each_and_go_with_their_banner(banner: Banner, qtbot) -> None:
    more = (Choice("way:1", "Load with 8-bit cache"), Choice("calculator", "Open in the calculator"))
    banner.set_frame(replace(LOST, more=more))
    assert [button.text() for button in banner.buttons()] == [
        "Load again",
        *(choice.label for choice in more),
    ]
    with qtbot.waitSignal(banner.action_requested) as asked:
        qtbot.mouseClick(named(banner, QPushButton, "Load with 8-bit cache"), Qt.MouseButton.LeftButton)
    assert asked.args == ["way:1"]
    banner.set_frame(LOST)
    assert len(banner.buttons()) == 1


def test_steps_are_no_bytes() -> None:
    assert progress_text(LoadFrame("Demo", "Timing kernels", 12, 40)) == "Timing kernels · 12 of 40"
    assert progress_text(LoadFrame("Demo", "Reading")) == "Reading"
