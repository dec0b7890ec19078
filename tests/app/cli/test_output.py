from __future__ import annotations

import io
import json

import pytest

from app.cli.output import LoadBar, finite, print_json, print_table
from gpu.qwen3.loader import LoadProgress


class TerminalStream(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([("a", "bb"), ("ccc", "d")])
    assert capsys.readouterr().out == "a    bb\nccc  d\n"


def test_json_is_one_line_that_any_terminal_can_show(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"text": "naïve\n", "values": [1, None]})
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out) == {"text": "naïve\n", "values": [1, None]}
    with pytest.raises(ValueError, match="JSON"):
        print_json({"value": float("nan")})


def test_json_has_no_infinite_numbers() -> None:
    assert finite(1.5) == 1.5
    assert [finite(float(text)) for text in ("inf", "-inf", "nan")] == [None, None, None]


def test_progress_goes_to_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((io.StringIO(), ""), (TerminalStream(), "\r\x1b[KReading 50%\r\x1b[K")):
        monkeypatch.setattr("sys.stderr", stream)
        bar = LoadBar()
        for done in (5, 5, 10):
            bar.show(LoadProgress("Reading", done, 10))
        assert stream.getvalue() == shown
