"""Speeds kept at their best by adapter and model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench_history import BenchHistory
from gpu.errors import FormatError
from tests.gpu.sentences import is_one_sentence

speeds = st.floats(0.01, 1e6)


@given(before=st.lists(speeds, min_size=1, max_size=5), now=speeds, tolerance=st.floats(0, 0.9))
def test_slower_is_more_than_the_tolerance_below_the_best(
    tmp_path_factory: pytest.TempPathFactory, before: list[float], now: float, tolerance: float
) -> None:
    path = tmp_path_factory.mktemp("history") / "speeds.json"
    for speed in before:
        BenchHistory(path).keep("card", "model", {"decode": speed})
    slower = BenchHistory(path).slower("card", "model", {"decode": now}, tolerance)
    assert bool(slower) == (now < max(before) * (1 - tolerance))


def test_adapters_models_and_figures_are_apart(tmp_path: Path) -> None:
    history = BenchHistory(tmp_path / "speeds.json")
    history.keep("card", "model", {"decode": 10.0})
    history.keep("card", "model", {"prefill": 10.0})
    assert history.slower("card", "model", {"decode": 1.0, "prefill": 20.0}, 0.1) == [
        "decode 10 → 1 tokens/s (-90%)"
    ]
    for adapter, model, figure in (
        ("other", "model", "decode"),
        ("card", "other", "decode"),
        ("card", "model", "new"),
    ):
        assert history.slower(adapter, model, {figure: 1.0}, 0.1) == []


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"card": {"model": {"decode": "fast"}}}', '{"card": 3}', '{"a": {"b": {"c": -1}}}']
)
def test_a_file_that_is_no_history_is_stated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "speeds.json"
    path.write_text(text)
    with pytest.raises(FormatError) as failure:
        BenchHistory(path)
    assert is_one_sentence(str(failure.value))
