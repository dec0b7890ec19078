from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.messages import ModelWish
from app.presenters.spikes import SpikesPick, magnitudes, note_about, spikes_frame
from tests.app.fake_engine import PLANTED, SITES, facts_for, stats_at

SITE = "layers.1.mlp.gate_up_proj"
PICK = SpikesPick()


def test_the_planted_channel_is_named_with_its_ratio_to_the_median() -> None:
    frame = spikes_frame(stats_at(SITE), SITE, SITES, PICK)
    assert [o.channel for o in frame.outliers] == [PLANTED]
    assert frame.median == pytest.approx(np.median(frame.values))
    assert frame.outliers[0].ratio == pytest.approx(50 / frame.median)
    assert (frame.kind, frame.layer, frame.layer_count) == ("mlp.gate_up_proj", 1, 2)
    assert frame.tokens == 4


@pytest.mark.parametrize(
    ("statistic", "name"), [("absmax", "absmax"), ("mean_abs", "mean_abs"), ("rms", "rms")]
)
def test_each_statistic_is_drawn_from_its_own_values(statistic: str, name: str) -> None:
    stats = stats_at(SITE)
    frame = spikes_frame(stats, SITE, SITES, replace(PICK, statistic=statistic))
    np.testing.assert_array_equal(frame.values, getattr(stats, name))


def test_the_newest_token_is_drawn_by_magnitude() -> None:
    stats = stats_at(SITE)
    assert (stats.newest < 0).any()
    np.testing.assert_array_equal(magnitudes(stats, "last"), np.abs(stats.newest))


@pytest.mark.parametrize("stats", [None, stats_at(SITE, tokens=0)])
def test_before_the_first_token_there_are_pickers_and_no_bars(stats: object) -> None:
    frame = spikes_frame(stats, SITE, SITES, PICK)  # type: ignore[arg-type]
    assert frame.values.size == 0
    assert frame.outliers == ()
    assert frame.enabled
    assert frame.kinds


def test_values_that_are_not_finite_can_be_drawn_and_are_counted() -> None:
    stats = stats_at(SITE)
    newest = stats.newest.copy()
    newest[:2] = np.nan, np.inf
    frame = spikes_frame(replace(stats, absmax=newest), SITE, SITES, PICK, note="planted")
    assert np.isfinite(frame.values).all()
    assert frame.note.startswith("2 channels are not finite")
    assert {o.channel for o in frame.outliers} >= {0, 1}


def test_nothing_can_be_picked_without_a_model() -> None:
    assert not spikes_frame(None, "", (), PICK).enabled


def test_only_the_demo_says_that_its_spikes_were_planted() -> None:
    assert "planted" in note_about(facts_for(ModelWish("demo")))
    assert note_about(facts_for(ModelWish("/models/Qwen3-4B"))) == ""
    assert note_about(None) == ""
