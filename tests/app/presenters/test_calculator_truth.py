"""Prediction beside measurement, in words."""

from __future__ import annotations

from dataclasses import replace

from app.presenters.calculator_truth import truth_frame
from app.truth import LoadTruth
from tests.app.calculator.cases import asked
from tests.app.test_truth import PAIR

SIZES = (("weights", 600), ("kv_cache", 400), ("norms", 0))
TRUTH = LoadTruth(PAIR, SIZES, SIZES, asked())


def test_an_exact_prediction_is_called_so_row_by_row() -> None:
    frame = truth_frame(TRUTH, (PAIR,))
    assert frame.sentence == "The engine holds 1000 B, to the byte what was predicted."
    assert [row.cells for row in frame.terms.rows] == [
        ("Weights", "600", "600", "0"),
        ("KV cache", "400", "400", "0"),
        ("All of it", "1,000", "1,000", "0"),
        ("The driver says", "", "1,300", "+300"),
    ]
    assert frame.terms.note == "From NVML."


def test_a_difference_is_said_in_bytes() -> None:
    wrong = replace(TRUTH, pair=replace(PAIR, allocated_bytes=990))
    frame = truth_frame(wrong, ())
    assert frame.sentence.endswith("10 bytes more were predicted.")
    assert frame.mood == "warning"


def test_an_absent_driver_is_said_with_its_reason() -> None:
    pair = replace(PAIR, reported_bytes=None, source="absent: this driver does not tell")
    frame = truth_frame(replace(TRUTH, pair=pair, card_used_bytes=2**30), ())
    assert frame.terms.rows[-1].cells[2] == "absent"
    assert "absent: this driver does not tell. All programs together hold 1.00 GiB." in frame.terms.note


def test_the_record_has_the_newest_first_and_its_band() -> None:
    frame = truth_frame(None, (PAIR, replace(PAIR, model="other", allocated_bytes=990)))
    assert [row.cells[1] for row in frame.history.rows] == ["other W4A8", "demo W4A8"]
    assert frame.history.note.startswith("2 loads, off by at most 10 B against the ledger. Drivers took")
    assert truth_frame(None, ()).history.note == "Nothing was loaded yet."


def test_a_problem_is_said() -> None:
    assert truth_frame(None, (), "The file cannot be read.").sentence == "The file cannot be read."
