"""The memory panel accounts for every byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from tests.views import samples
from tests.views.controls import named
from views.frames import MemoryEntry, MemoryFrame
from views.memory import MemoryPanel, StackedBar, size_text, total_sentence
from views.theme import DARK, LIGHT, Theme

GIB = 2**30
HALVES = MemoryFrame(
    entries=(MemoryEntry("weights", "Weights", 2 * GIB), MemoryEntry("kv_cache", "KV cache", 1 * GIB)),
    total_bytes=4 * GIB,
    total_source="NVML",
    adapter="RTX 3090",
    headline="Fits.",
)


@pytest.fixture
def panel(qtbot, theme) -> MemoryPanel:
    result = MemoryPanel(theme)
    qtbot.addWidget(result)
    result.resize(720, 200)
    result.show()
    return result


def test_rows_read_purpose_size_share_and_exact_bytes(panel: MemoryPanel) -> None:
    panel.set_frame(HALVES)
    assert panel.rows() == [
        ("Weights", "2.00 GiB", "66.7%", "2,147,483,648 B"),
        ("KV cache", "1.00 GiB", "33.3%", "1,073,741,824 B"),
    ]
    assert panel.headline() == "Fits."


def test_total_says_who_knows_it() -> None:
    assert total_sentence(HALVES) == "3.00 GiB of 4.00 GiB on RTX 3090, 75.0%; total from NVML"
    unknown = replace(HALVES, total_bytes=None)
    assert total_sentence(unknown) == "3.00 GiB allocated on RTX 3090; the adapter's total is unknown."


def test_nothing_allocated(panel: MemoryPanel) -> None:
    panel.set_frame(MemoryFrame())
    assert panel.rows() == []
    assert panel.total() == ""
    panel.set_frame(MemoryFrame(entries=(MemoryEntry("weights", "Weights", 0),), total_bytes=0))
    assert panel.rows()[0][2] == "0.0%"


def test_bar_is_divided_by_bytes(panel: MemoryPanel) -> None:
    panel.set_frame(HALVES)
    bar = panel.findChild(StackedBar)
    image = bar.grab().toImage()
    middle = bar.height() // 2
    at = [image.pixelColor(round(bar.width() * share), middle).name() for share in (0.1, 0.4, 0.6, 0.9)]
    weights, cache = LIGHT.purpose("weights"), LIGHT.purpose("kv_cache")
    assert at == [weights, weights, cache, LIGHT.raised]


def test_unknown_total_fills_the_bar(panel: MemoryPanel) -> None:
    panel.set_frame(replace(HALVES, total_bytes=None))
    bar = panel.findChild(StackedBar)
    assert list(bar.segments())[-1][1].right() == pytest.approx(bar.width())


def test_more_held_than_there_is_does_not_overflow(panel: MemoryPanel) -> None:
    panel.set_frame(replace(HALVES, total_bytes=GIB))
    bar = panel.findChild(StackedBar)
    assert list(bar.segments())[-1][1].right() == pytest.approx(bar.width())
    assert panel.total().startswith("3.00 GiB of 1.00 GiB on RTX 3090, 300.0%")


def test_colour_key_makes_two_purposes_look_alike(panel: MemoryPanel) -> None:
    entry = MemoryEntry("weights 2", "More weights", GIB, colour_key="weights")
    panel.set_frame(MemoryFrame(entries=(entry,)))
    bar = panel.findChild(StackedBar)
    assert bar.grab().toImage().pixelColor(300, 9).name() == LIGHT.purpose("weights")


def test_new_bytes_reach_the_rows_and_new_purposes_too(panel: MemoryPanel) -> None:
    panel.set_frame(HALVES)
    panel.set_frame(
        replace(HALVES, entries=(MemoryEntry("weights", "Weights", 512 * 2**20), HALVES.entries[1]))
    )
    assert panel.rows()[0][1] == "512.00 MiB"
    panel.set_frame(samples.memory())
    assert [row[0] for row in panel.rows()][-1] == "Staging"


def test_legend_reflows(panel: MemoryPanel, qtbot) -> None:
    panel.set_frame(samples.memory())
    cells = [child for child in panel.findChildren(object) if type(child).__name__ == "_Cell"]
    qtbot.waitUntil(lambda: len({cell.x() for cell in cells}) == 4)
    panel.resize(400, 300)
    qtbot.waitUntil(lambda: len({cell.x() for cell in cells}) == 2)


def test_in_a_low_dock_at_large_text_every_sentence_is_whole(panel: MemoryPanel, theme: Theme, qtbot) -> None:
    panel.set_frame(samples.memory())
    theme.set_scale(1.5)
    panel.resize(400, 120)
    sentences = [one for one in panel.findChildren(QLabel) if one.wordWrap()]
    assert len(sentences) == 2
    qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in sentences))


def test_dark_colours_are_used_in_the_dark(panel: MemoryPanel, theme) -> None:
    panel.set_frame(HALVES)
    theme.override(Qt.ColorScheme.Dark)
    bar = panel.findChild(StackedBar)
    assert bar.grab().toImage().pixelColor(30, 9).name() == DARK.purpose("weights")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (16_384, "16.00 KiB"),
        (1_572_864, "1.50 MiB"),
        (GIB - 1, "1024.00 MiB"),
        (GIB, "1.00 GiB"),
    ],
)
def test_sizes_name_their_unit(size: int, text: str) -> None:
    assert size_text(size) == text


def test_it_leads_to_the_calculator(panel: MemoryPanel, qtbot) -> None:
    with qtbot.waitSignal(panel.calculator_requested):
        qtbot.mouseClick(named(panel, QPushButton, "Open in the calculator"), Qt.MouseButton.LeftButton)
