"""The record of predictions and what came true."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.truth import MOST_PAIRS, Pair, TruthFile, band, driver_overhead
from gpu.errors import FormatError

PAIR = Pair("2026-01-01T10:00:00+00:00", "demo", "W4A8", 4096, "RTX", "1.2", 1000, 1000, 1300, "NVML")


def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    file = TruthFile(tmp_path / "not there yet")
    assert file.load() == ()
    file.append(PAIR)
    file.append(replace(PAIR, model="other", reported_bytes=None))
    assert [pair.model for pair in TruthFile(tmp_path / "not there yet").load()] == ["demo", "other"]
    assert file.load()[0] == PAIR


def test_the_newest_are_kept_and_the_file_stays_bounded(tmp_path: Path) -> None:
    file = TruthFile(tmp_path)
    for number in range(MOST_PAIRS + 120):
        file.append(replace(PAIR, predicted_bytes=number))
    assert len(file.load()) == MOST_PAIRS
    assert file.load()[-1].predicted_bytes == MOST_PAIRS + 119
    assert len(file.path.read_text().splitlines()) <= MOST_PAIRS + 50


@pytest.mark.parametrize("line", ["{", "[]", "{}", json.dumps({**PAIR.__dict__, "model": 3}), '"x"', ""])
def test_a_line_that_makes_no_sense_costs_itself_only(tmp_path: Path, line: str) -> None:
    file = TruthFile(tmp_path)
    file.append(PAIR)
    with file.path.open("a") as writer:
        writer.write(line + "\n")
    file.append(PAIR)
    assert file.load() == (PAIR, PAIR)


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="cannot be written"):
        TruthFile(tmp_path / "file").append(PAIR)


def test_a_directory_in_its_place_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = TruthFile(tmp_path)
    file.path.mkdir()
    with pytest.raises(FormatError, match="cannot be read"):
        file.load()


def test_the_band_says_how_far_predictions_were_off() -> None:
    pairs = [PAIR, replace(PAIR, allocated_bytes=990), replace(PAIR, reported_bytes=None)]
    found = band(pairs)
    assert (found.loads, found.largest_error_bytes) == (3, 10)
    assert found.overhead_bytes == (300, 305, 310)
    assert band([]).overhead_bytes is None


def test_the_overhead_of_a_driver_is_its_own_median() -> None:
    pairs = [PAIR, replace(PAIR, reported_bytes=1500), replace(PAIR, driver="9", reported_bytes=9000)]
    assert driver_overhead(pairs, "RTX", "1.2") == 400
    assert driver_overhead(pairs, "RTX", "2.0") is None
    assert driver_overhead([replace(PAIR, reported_bytes=10)], "RTX", "1.2") == 0
