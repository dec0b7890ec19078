from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from app.controllers.lens import BlockLens
from gpu.block_map import map_blocks
from gpu.damage_stream import ArrayRows
from gpu.sweep import Rounding
from views.microscope import MicroscopePanel
from views.theme import Theme


def test_the_threshold_moves_what_the_block_lands_on(theme: Theme, qtbot: QtBot) -> None:
    panel = MicroscopePanel(theme)
    qtbot.addWidget(panel)
    lens = BlockLens(panel)
    x = np.random.default_rng(3).standard_normal((4, 64)).astype(np.float32)
    x[1, 40] = 30
    blocks = map_blocks(ArrayRows(x), Rounding.parse("int4@b32"))
    lens.look_at(ArrayRows(x), blocks, (1, 1), "row")
    assert panel.block_text()[0] == "row 1 · block 1 (values 32–63)"
    wide = panel.ruler._frame
    assert (wide.setter, wide.threshold) == (8, 30)
    panel.ruler.threshold_moved.emit(0.1)
    narrow = panel.ruler._frame
    assert narrow.threshold == 3
    assert np.unique(narrow.restored).size > np.unique(wide.restored).size
    lens.clear()
    assert panel.block_text() == ("", "")
