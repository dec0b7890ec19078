"""Gauges show what is known and leave out what is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QToolButton, QWidget

from tests.views import samples
from tests.views.controls import named
from views.chat.gauges import Gauges, left_text, memory_text, state_text
from views.frames import StatusFrame

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def gauges(qtbot) -> Gauges:
    result = Gauges()
    qtbot.addWidget(result)
    result.resize(720, 24)
    result.show()
    return result


def test_every_figure_has_its_unit(gauges: Gauges) -> None:
    gauges.set_frame(samples.status())
    assert gauges.texts() == [
        "Answering",
        "31.4 tok/s",
        "prefill 412 tok/s",
        "first token 184 ms",
        "1,204 / 4,096",
    ]


def test_unknown_figures_are_left_out(gauges: Gauges) -> None:
    gauges.set_frame(samples.status())
    gauges.set_frame(StatusFrame())
    assert gauges.texts() == ["No model is open"]
    assert not named(gauges, QProgressBar, "Context used").isVisible()


def test_context_bar_is_filled_by_what_is_used(gauges: Gauges) -> None:
    gauges.set_frame(samples.status())
    bar = named(gauges, QProgressBar, "Context used")
    assert (bar.value(), bar.maximum()) == (1204, 4096)
    gauges.set_frame(replace(samples.status(), context_used_tokens=5000))
    assert bar.value() == 4096


def test_reading_the_prompt_is_counted() -> None:
    reading = StatusFrame(state="Reading", prompt_done_tokens=512, prompt_total_tokens=2048)
    assert state_text(reading) == "Reading · 512 of 2,048 tokens"
    assert state_text(replace(reading, prompt_done_tokens=2048)) == "Reading"


def test_a_long_prompt_shows_how_long_it_takes_and_can_be_cancelled(gauges: Gauges, qtbot) -> None:
    reading = StatusFrame(prompt_done_tokens=512, prompt_total_tokens=2048, prompt_left_s=12.4)
    gauges.set_frame(reading)
    assert gauges.reading.isVisible()
    assert (gauges.reading.bar.value(), gauges.reading.bar.maximum()) == (512, 2048)
    assert gauges.reading.text() == "about 12 s left"
    with qtbot.waitSignal(gauges.stop_requested):
        qtbot.mouseClick(named(gauges, QToolButton, "Cancel"), Qt.MouseButton.LeftButton)
    gauges.set_frame(replace(reading, prompt_done_tokens=2048))
    assert not gauges.reading.isVisible()


def test_a_short_prompt_shows_no_bar(gauges: Gauges) -> None:
    gauges.set_frame(StatusFrame(prompt_done_tokens=8, prompt_total_tokens=40))
    assert not gauges.reading.isVisible()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.3, "less than a second left"), (45.2, "about 45 s left"), (200.0, "about 3 min left")],
)
def test_durations_are_round(seconds: float | None, text: str) -> None:
    assert left_text(seconds) == text


def test_memory_says_of_how_much() -> None:
    assert memory_text(StatusFrame(memory_bytes=3 * 2**28)) == "0.75 GiB"
    assert memory_text(StatusFrame(memory_bytes=2**30, memory_total_bytes=2**33)) == "1.00 / 8.0 GiB"


def test_what_was_forgotten_is_said(gauges: Gauges) -> None:
    gauges.set_frame(StatusFrame(state="Ready", context_note="1 turn forgotten"))
    assert gauges.texts()[0] == "Ready · 1 turn forgotten"


def test_what_matters_least_gives_way_in_a_narrow_panel(qtbot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 100)
    gauges = Gauges()
    gauges.setParent(host)
    host.show()
    gauges.show()
    gauges.set_frame(replace(samples.status(), memory_bytes=2**30))
    names = ("Context used", "Decode speed", "Prefill speed", "Time to first token", "Memory")
    shown = []
    for width in (720, 520, 420, 320, 200, 120):
        gauges.resize(width, 24)
        shown.append([name for name in names if named(gauges, QLabel, name).isVisible()])
    assert shown[0] == list(names)
    assert all(set(narrower) <= set(wider) for wider, narrower in pairwise(shown))
    assert "Memory" not in shown[2]
    assert shown[4] == ["Context used"]
    assert shown[-1] == []
    assert "first token 184 ms" in gauges.toolTip()
