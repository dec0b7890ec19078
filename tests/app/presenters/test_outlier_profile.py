from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.presenters.outlier_profile import (
    FEW_TOKENS,
    ProfileWork,
    RemedyPick,
    clip_threshold,
    knockout_charts,
    knockout_note,
    profile_frame,
)
from gpu.probes.knockout import Knockout, Score


def values() -> np.ndarray:
    x = np.random.default_rng(0).uniform(-1, 1, (300, 96)).astype(np.float32)
    x[:, 5] *= 100
    x[17, 3] = np.nan
    return x


def first_levels(cell: str) -> float:
    return float(cell.partition(" of ")[0])


@pytest.mark.parametrize(
    "pick", [RemedyPick(smoothing=80), RemedyPick(rotates=True), RemedyPick(clip=20)], ids=["α", "H", "T"]
)
def test_a_remedy_leaves_more_levels_on_the_same_axis(pick: RemedyPick) -> None:
    weights = np.full(96, 0.1, np.float32)
    frame = profile_frame(ProfileWork("layers.0", values(), pick, weights))
    assert frame.after is not None
    assert (frame.before.low, frame.before.high) == (frame.after.low, frame.after.high)
    grid, before, after = frame.levels[0]
    assert grid == "one scale"
    assert first_levels(after) > 2 * first_levels(before)
    assert [index for index, _ in frame.before.marked] == [5]


def test_without_a_remedy_there_is_no_after_and_without_weights_no_smoothing() -> None:
    plain = profile_frame(ProfileWork("layers.0", values(), RemedyPick()))
    assert plain.after is None
    assert not plain.can_smooth
    assert profile_frame(ProfileWork("layers.0", values(), RemedyPick(smoothing=50))).enabled
    assert "of the tokens" in plain.note


def test_the_clipping_slider_is_logarithmic() -> None:
    assert clip_threshold(100, 8.0) == 8
    assert clip_threshold(0, 8.0) == pytest.approx(0.008)


def test_a_knock_out_as_a_chart() -> None:
    base = Score(4.0, 0.8, 0.3)
    result = Knockout(
        100, 50, 3, 2, base, Score(8.0, 0.5, 0.1), (Score(4.2, 0.8, 0.3), Score(3.8, 0.8, 0.3)), base
    )
    perplexity, top, attention = knockout_charts(result)
    assert [bar.text for bar in perplexity[1]] == ["× 1.000", "× 2.000", "× 1.000 ± 0.050", "× 1.000"]
    assert perplexity[1][1].paper == (7.0, 11.0)
    assert perplexity[1][2].spread == pytest.approx((0.95, 1.05))
    assert top[1][1].text == "50.0%"
    assert attention[1][1].paper is None
    assert "2208.07339" in knockout_note(result)
    assert "longer text" in knockout_note(result)
    assert "longer text" not in knockout_note(replace(result, tokens=FEW_TOKENS))
