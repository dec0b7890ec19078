from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.live_rows import MOST_VALUES, LiveRows
from tests.app.fake_engine import stats_at

SITE, OTHER = "layers.0.mlp.down_proj", "layers.1.mlp.down_proj"


def test_tokens_become_rows_the_newest_last() -> None:
    rows = LiveRows()
    first = stats_at(SITE)
    rows.add(first)
    second = replace(first, newest=first.newest * 2)
    np.testing.assert_array_equal(rows.add(second).read_f32(), np.stack([first.newest, second.newest]))
    assert rows.add(stats_at(OTHER)).shape == (1, 64)


def test_old_tokens_go_and_nothing_infinite_comes() -> None:
    rows = LiveRows()
    wide = stats_at(SITE, channels=MOST_VALUES // 2)
    for _ in range(4):
        held = rows.add(wide)
    assert held.shape[0] == 2
    values = wide.newest.copy()
    values[5] = np.inf
    broken = replace(wide, newest=values)
    assert np.isfinite(rows.add(broken).read_f32()).all()
