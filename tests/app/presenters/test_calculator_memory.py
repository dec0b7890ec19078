"""Charts of memory, largest contexts, and every byte."""

from __future__ import annotations

import numpy as np
import pytest

from app.presenters.calculator_memory import (
    batch_chart,
    bytes_table,
    context_chart,
    copied_text,
    largest_table,
)
from gpu.calculator.estimate import estimate
from gpu.calculator.fitting import largest_contexts
from gpu.calculator.series import over_batch, over_context
from gpu.scheme import Scheme
from tests.app.calculator.cases import GIB, asked, room

FOUND = estimate(asked())


def test_the_chart_over_context_has_the_card_the_present_and_the_crossing() -> None:
    series = over_context(FOUND.inputs)
    chart = context_chart(series, FOUND, (room(),))
    assert [line.label for line in chart.series] == ["all of it", "weights", "KV cache"]
    assert chart.value_label == "GiB"
    assert [(limit.label, limit.value) for limit in chart.limits] == [("RTX 3060", 4.0)]
    here, crossing = chart.points
    assert (here.at, here.mood) == (8192, "good")
    assert here.value == pytest.approx(FOUND.total_bytes / GIB)
    assert series.crossing is not None
    assert crossing.label == f"{series.crossing:,}"
    whole, weights, cache = (line.values for line in chart.series)
    assert np.interp(here.at, chart.at, whole) == pytest.approx(here.value, rel=0.01)
    assert weights[0] * GIB == pytest.approx(series.weights_bytes[0])
    assert np.interp(crossing.at, chart.at, cache) == pytest.approx(crossing.value)
    assert crossing.value == pytest.approx(weights[0], rel=0.01)
    assert chart.note == f"From {series.crossing:,} tokens on, the cache is larger than the weights."


def test_the_chart_over_batch_starts_at_one_request() -> None:
    chart = batch_chart(over_batch(FOUND.inputs, 16), FOUND, (room(GIB // 2),))
    assert list(chart.at) == list(range(1, 17))
    assert chart.points[0].mood == "bad"
    exact = batch_chart(over_batch(FOUND.inputs, 16), FOUND, (room(FOUND.total_bytes),))
    assert exact.points[0].mood == "good"


def test_largest_contexts_can_be_taken_and_what_cannot_be_is_said() -> None:
    schemes = [Scheme.parse("W16A16"), Scheme.parse("W4A8")]
    table = largest_table(largest_contexts(FOUND.inputs, schemes, GIB), FOUND, room(GIB))
    none, own = table.rows
    assert (none.cells[1], none.key, none.mood) == ("none", "", "bad")
    assert own.is_current
    assert own.key == f"W4A8 {own.cells[1].replace(',', '')}"
    assert "Choose a card" in largest_table((), FOUND, None).note


def test_every_byte_is_in_the_table_once_down_to_tensors() -> None:
    rows = bytes_table(FOUND).rows
    exact = [int(row.cells[2].replace(",", "")) for row in rows if row.depth == 0]
    assert sum(exact) == FOUND.total_bytes
    cache = next(index for index, row in enumerate(rows) if row.key == "kv_cache")
    assert rows[cache].cells[3] == "2 · 28 · 8 · 128 · 8192 · 2 B"
    assert (rows[cache + 1].depth, rows[cache + 1].cells[0]) == (1, "layers.0 keys")
    inner = [row.cells[0] for row in rows if row.key.count("/") == 2]
    assert {name.endswith(", scales") for name in inner} == {True, False}
    deep = [row for row in rows if row.depth == 2]
    assert any(row.cells[0] == "layers.27.down" for row in deep)


def test_the_copied_text_has_the_verdict_the_cards_and_the_formulas() -> None:
    text = copied_text(FOUND, (room(),), "Fits.")
    assert text.startswith("Fits.\nRTX 3060: 4,294,967,296 B (4.00 GiB, a data sheet)")
    assert "2 · 28 · 8 · 128 · 8192 · 2 B = 939,524,096 B (exact)" in text
