"""Speed in words: what binds, the floor, what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.calculator.rooms import THIS_MACHINE
from app.calculator.speeds import OwnSpeed
from app.presenters.calculator_speed import ms_text, rates_text, speed_frame
from gpu.calculator.speed import roofline
from gpu.roofline import Rates
from tests.app.calculator.cases import asked, room

HERE = replace(room(), key=THIS_MACHINE)
OWN = OwnSpeed("qwen3-0.6b", "W4A8", 72, 10.0, 1.0)


def test_decode_is_bound_by_bytes_and_prefill_by_arithmetic() -> None:
    frame = speed_frame(roofline(asked(), HERE.rates), HERE, None)
    assert frame.decode.sentence.startswith("Decode is bound by bytes: at least ")
    assert frame.prefill.sentence.startswith("Prefill is bound by arithmetic: at least ")
    assert frame.source == "360 GB/s and 100 T integer operations/s (catalogue: a data sheet)."
    assert frame.chart is not None
    assert [point.label for point in frame.chart.points] == ["decode", "prefill"]
    assert "278 operations a byte" in frame.chart.note


def test_the_measured_figure_stands_beside_its_floor_on_this_machine_only() -> None:
    roof = roofline(asked(), HERE.rates)
    detail = speed_frame(roof, HERE, OWN).decode.detail
    assert "Measured here: 10 ms a token, 72 tokens in the cache, " in detail
    assert "Measured" not in speed_frame(roof, room(), OWN).decode.detail
    assert "Measured" not in speed_frame(roof, HERE, replace(OWN, scheme="W8A8")).decode.detail


def test_choices_are_judged_by_what_they_do_to_decoding() -> None:
    rows = {row.cells[0]: row for row in speed_frame(roofline(asked(), HERE.rates), HERE, None).choices.rows}
    assert rows["8-bit weights"].mood == "bad"
    assert rows["8-bit cache"].mood == "good"
    assert rows["8-bit cache"].cells[3].startswith("-")


def test_with_only_a_bandwidth_there_is_a_slope_and_a_caution() -> None:
    rates = Rates(360e9, source="a data sheet")
    frame = speed_frame(roofline(asked(), rates), room(), None)
    assert frame.decode.sentence.startswith("Decode: reading alone takes at least")
    assert frame.source.endswith("nobody vouches for its integer operations.")
    assert frame.chart is not None


def test_without_rates_or_a_card_that_is_said() -> None:
    frame = speed_frame(roofline(asked(), Rates()), room(), None)
    assert frame.chart is None
    assert "Measure the adapter" in frame.source
    assert "Choose a card" in speed_frame(roofline(asked(), Rates()), None, None).source


def test_measured_rates_are_called_so() -> None:
    rates = Rates(5e9, 1e12, source="measured on llvmpipe", is_measured=True)
    assert rates_text(rates, True) == "5 GB/s and 1 T integer operations/s (measured on llvmpipe)."


@pytest.mark.parametrize(("ms", "text"), [(0.01234, "0.0123 ms"), (12.34, "12.3 ms"), (1234.5, "1,234 ms")])
def test_times_have_three_figures(ms: float, text: str) -> None:
    assert ms_text(ms) == text
