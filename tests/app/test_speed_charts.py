"""The charts show what the benchmarks measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.speed_charts import CONTEXT_FILE, SIZE_FILE, context_chart, main, size_chart

SMALL = {
    "model": "qwen3-0.6b",
    "adapter": "a card",
    "decode_tokens_per_s": 20.0,
    "weight_bytes_per_token": 4e8,
    "peak_bytes_per_s": 4e10,
    "decode_by_context": [
        {"context_tokens": 100, "decode_tokens_per_s": 25.0},
        {"context_tokens": 4096, "decode_tokens_per_s": 10.0},
    ],
}
LARGE = {
    **SMALL,
    "model": "qwen3-4b",
    "weight_bytes_per_token": 2e9,
    "decode_tokens_per_s": 4.0,
    "decode_by_context": [],
}


def test_time_against_context() -> None:
    chart = context_chart([SMALL, LARGE])
    (line,) = chart.series  # the other was not measured along the context
    assert (line.name, line.x, line.y) == ("qwen3-0.6b", [100, 4096], [40, 100])
    assert chart.x_ticks == ((4096, "4k"),)  # the other name would stand at the very left


def test_time_against_size_beside_what_the_bandwidth_allows() -> None:
    measured, floor = size_chart([LARGE, SMALL]).series
    assert measured.x == floor.x == [0.4, 2.0]
    assert measured.y == [50, 250]
    assert floor.y == pytest.approx([10, 50])


def test_both_are_written(tmp_path: Path) -> None:
    file = tmp_path / "small.json"
    file.write_text(json.dumps(SMALL))
    main(tmp_path / "charts", [file])
    for name in (CONTEXT_FILE, SIZE_FILE):
        assert "a card" in (tmp_path / "charts" / name).read_text()
