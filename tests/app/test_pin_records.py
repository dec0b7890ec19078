from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.pin_records import MOST_RECORDS, PinFile, record_of
from gpu.errors import FormatError
from tests.gpu.probes.test_verdicts import QKV, TOKENS, planned

SITE = QKV.format(1)
RECORD = record_of(planned({(SITE, 7): 50.0}), "Prompts", SITE, 7, "2026-11-20")


def test_a_record_says_what_the_capture_does() -> None:
    assert (RECORD.site, RECORD.channel, RECORD.absmax, RECORD.tokens) == (SITE, 7, 50.0, TOKENS)
    assert RECORD.ratio > 40


def test_records_outlive_the_program_and_are_kept_once(tmp_path: Path) -> None:
    assert PinFile(tmp_path).load() == ()
    PinFile(tmp_path / "new").add(RECORD)
    assert PinFile(tmp_path / "new").load() == (RECORD,)
    assert PinFile(tmp_path / "new").add(replace(RECORD, day="2026-11-21")) == (RECORD,)
    other = replace(RECORD, scheme="W4A8")
    assert PinFile(tmp_path / "new").add(other) == (RECORD, other)


def test_lines_that_are_not_ours_are_skipped_and_the_oldest_forgotten(tmp_path: Path) -> None:
    file = PinFile(tmp_path)
    file.add(RECORD)
    line = file.path.read_text()
    file.path.write_text(
        line * MOST_RECORDS + '{"day": "x"}\n' + "[1]\n" + line.replace("7", '"7"') + line[:20]
    )
    assert len(file.load()) == MOST_RECORDS
    other = replace(RECORD, channel=8)
    assert file.add(other)[-1] == other
    assert len(file.load()) == MOST_RECORDS


def test_a_file_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "pinned-channels.jsonl").mkdir()
    for folder in (tmp_path / "file", tmp_path):
        with pytest.raises(FormatError, match="cannot be"):
            PinFile(folder).add(RECORD)
