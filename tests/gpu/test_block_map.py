from __future__ import annotations

import numpy as np
import pytest

from gpu import damage_stream
from gpu.block_map import BEST_DB, MOST_RATIO, map_blocks
from gpu.damage import measure
from gpu.damage_stream import ArrayRows
from gpu.sweep import Rounding


@pytest.mark.parametrize("name", ["int4@b16", "int8@token", "int4@tensor", "int8@channel", "q4_k"])
def test_the_map_is_the_damage_block_by_block(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(damage_stream, "PART_VALUES", 32 * 300)
    x = np.random.default_rng(1).standard_normal((70, 300)).astype(np.float32)
    x[3, 40] = 90
    rounding = Rounding.parse(name)
    found, expected = (
        map_blocks(ArrayRows(x), rounding),
        measure(x, rounding.format, str(rounding.granularity)),
    )
    assert found.shape == expected.grid.shape
    np.testing.assert_allclose(found.sqnr_db, np.minimum(expected.field_sqnr_db, BEST_DB), rtol=1e-5)
    np.testing.assert_array_equal(found.levels, expected.levels)
    np.testing.assert_array_equal(found.ratio, np.minimum(expected.absmax_to_median, MOST_RATIO))
    np.testing.assert_array_equal(found.reach.peak, expected.grid.reach.peak)
    assert found.worst == expected.worst_block
