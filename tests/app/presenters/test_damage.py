from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.presenters.damage import BEST_DB, FORMATS, GRANULARITIES, DamagePick, damage_frame
from tests.app.fake_engine import PLANTED, stats_at

SITE = "layers.1.mlp.down_proj"


def test_the_block_of_the_planted_channel_is_the_worst() -> None:
    frame = damage_frame(stats_at(SITE), SITE, DamagePick("int8", "b32"), enabled=True)
    assert (frame.worst_block, frame.worst_channel, frame.block_channels) == (0, PLANTED, 32)
    assert frame.scales == pytest.approx([50 / 127, 2 / 127], rel=1e-4)
    assert frame.max_levels == 255
    assert frame.levels[0] < 12
    assert frame.levels[1] > 200
    assert frame.sqnr_db[0] < frame.sqnr_db[1]


def test_four_bits_leave_nothing_of_the_block_an_outlier_stretched() -> None:
    frame = damage_frame(stats_at(SITE), SITE, DamagePick("int4", "b32"), enabled=True)
    assert frame.max_levels == 15
    assert frame.levels[0] == 0


def test_one_scale_for_a_token_lets_the_outlier_reach_every_block() -> None:
    frame = damage_frame(stats_at(SITE), SITE, DamagePick("int8", "token"), enabled=True)
    assert len(frame.scales) == 2
    assert frame.scales[0] == frame.scales[1]
    assert frame.worst_channel == PLANTED


@pytest.mark.parametrize("format_", [choice.key for choice in FORMATS])
@pytest.mark.parametrize("granularity", [choice.key for choice in GRANULARITIES])
def test_every_choice_can_be_drawn(format_: str, granularity: str) -> None:
    frame = damage_frame(stats_at(SITE, channels=200), SITE, DamagePick(format_, granularity), enabled=True)
    blocks = -(-200 // frame.block_channels)
    for values in (frame.scales, frame.levels, frame.sqnr_db):
        assert values.shape == (blocks,)
        assert np.isfinite(values).all()


def test_values_that_lose_nothing_have_a_drawable_ratio_and_no_worst_block() -> None:
    stats = stats_at(SITE, channels=32)
    exact = replace(stats, newest=np.full(32, 127, np.float32))
    frame = damage_frame(exact, SITE, DamagePick(), enabled=True)
    assert frame.sqnr_db.tolist() == [BEST_DB]
    assert frame.total_sqnr_db == BEST_DB
    assert (frame.worst_block, frame.worst_channel) == (None, None)


def test_values_that_are_not_finite_are_counted() -> None:
    stats = stats_at(SITE)
    newest = stats.newest.copy()
    newest[5] = np.nan
    frame = damage_frame(replace(stats, newest=newest), SITE, DamagePick(), enabled=True)
    assert frame.note.startswith("1 value is not finite")
    newest[:] = np.nan
    frame = damage_frame(replace(stats, newest=newest), SITE, DamagePick(), enabled=True)
    assert frame.note.startswith("No value here is finite")
    assert not len(frame.scales)  # nothing exact was measured


def test_before_the_first_token_there_are_pickers_and_no_bars() -> None:
    frame = damage_frame(None, SITE, DamagePick(), enabled=True)
    assert frame.scales.size == 0
    assert frame.formats == FORMATS
    assert damage_frame(stats_at(SITE, tokens=0), SITE, DamagePick(), enabled=True).scales.size == 0
