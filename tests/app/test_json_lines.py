from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.json_lines import line_of, read_records
from gpu.errors import FormatError

KINDS = {"count": int, "share": (float, type(None))}


@dataclass(frozen=True)
class Example:
    name: str
    count: int
    share: float | None = None


def test_records_come_back_in_their_order(tmp_path: Path) -> None:
    held = (Example("α", 1, 0.5), Example('two\n"lines"', 2))
    path = tmp_path / "examples.jsonl"
    path.write_text("".join(map(line_of, held)), "utf-8")
    assert read_records(path, Example, KINDS) == held
    assert read_records(tmp_path / "none.jsonl", Example, KINDS) == ()


@pytest.mark.parametrize(
    "line",
    [
        '{"name": "a", "count": 1, "sha',
        '{"name": "a", "count": 1}',
        '{"name": "a", "count": 1, "share": null, "more": 0}',
        '{"name": "a", "count": "1", "share": null}',
        '{"name": 3, "count": 1, "share": null}',
        "[1]",
        "",
    ],
)
def test_lines_that_are_not_ours_are_skipped(tmp_path: Path, line: str) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text(line + "\n" + line_of(Example("b", 2)), "utf-8")
    assert read_records(path, Example, KINDS) == (Example("b", 2),)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_records(tmp_path, Example, KINDS)
