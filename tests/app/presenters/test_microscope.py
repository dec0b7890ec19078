from __future__ import annotations

import numpy as np
import pytest

from app.presenters.microscope import (
    COLOURS,
    controls_frame,
    curve_frame,
    map_frame,
    radius_frame,
    reach_choices,
    ruler_frame,
    totals_sentence,
)
from gpu.blast_radius import blast_radius
from gpu.block_look import error_curve, look, take_sample
from gpu.block_map import BlockMap, map_blocks
from gpu.damage_stream import ArrayRows
from gpu.sweep import Rounding


def spiky() -> np.ndarray:
    x = np.random.default_rng(5).standard_normal((8, 96)).astype(np.float32)
    x[3, 40] = 50
    return x


def mapped(name: str = "int4@b32") -> BlockMap:
    return map_blocks(ArrayRows(spiky()), Rounding.parse(name))


@pytest.mark.parametrize("colour", [choice.key for choice in COLOURS])
@pytest.mark.parametrize("name", ["int4@b32", "int8@channel", "q4_k"])
def test_every_colour_can_be_drawn(colour: str, name: str) -> None:
    blocks = mapped(name)
    frame = map_frame(blocks, colour, (0, 0), np.full(blocks.shape, 0.1), np.array([40]))
    assert frame.values.shape == blocks.shape
    assert frame.values.dtype == np.float32
    assert np.isfinite(frame.values).all()
    assert frame.low < frame.high
    assert frame.row_name == ("column" if name.endswith("channel") else "row")
    assert frame.marked == (() if name.endswith("channel") else (1,))


def test_the_ruined_block_is_at_the_bad_end() -> None:
    frame = map_frame(mapped(), "sqnr", None)
    assert frame.values[3, 1] == frame.low == frame.values.min()
    assert map_frame(mapped(), "levels", None).values[3, 1] == 0


def test_without_captured_activations_the_output_is_not_coloured() -> None:
    assert map_frame(mapped(), "output", None).unit == "dB"


def test_fixed_formats_offer_their_own_blocks_only() -> None:
    assert [choice.key for choice in reach_choices(Rounding.parse("q4_k"))] == ["b32"]
    assert len(reach_choices(Rounding.parse("int4"))) > 5


def test_what_is_not_finite_is_said() -> None:
    x = spiky()
    x[2, 5] = np.nan
    totals = map_blocks(ArrayRows(x), Rounding.parse("int4")).totals
    assert "1 values not finite, the first at [2, 5], left out" in totals_sentence(totals)
    frame = controls_frame("t", totals, Rounding.parse("int4"), "sqnr", live=False, enabled=True)
    assert (frame.format, frame.granularity) == ("int4", "b32")


def test_the_ruler_and_the_curve_of_a_block() -> None:
    blocks = mapped()
    sample = take_sample(ArrayRows(spiky()), blocks, 3, 1)
    curve = error_curve(sample)
    frame = ruler_frame(sample, look(sample), curve, "row", (3, 1), 32)
    assert frame.title == "row 3 · block 1 (values 32–63)"
    assert frame.setter == 8
    assert "31 rounded to zero" in frame.note
    assert curve is not None
    assert frame.best == curve.best[0]
    marks = curve_frame(curve, 25.0).marks
    assert [text.split()[0] for _, text in marks] == ["T*", "T"]
    assert curve_frame(None, None).lines == ()


def test_the_blast_radius_names_reaches_and_bits() -> None:
    frame = radius_frame(blast_radius(spiky()))
    assert [line.name for line in frame.lines] == ["int8", "int4"]
    assert [text for _, text in frame.ticks] == ["all", "row", "256", "128", "64", "32", "16"]
    assert "4.5" in frame.note
    assert radius_frame(()).lines == ()
