from __future__ import annotations

import numpy as np

from app.presenters.microscope_lists import (
    NO_VERSUS,
    Listed,
    Progress,
    Tried,
    options_frame,
    output_frame,
    short_name,
    tensors_frame,
)
from gpu.damage import measure
from gpu.output_error import output_error
from gpu.sweep import Rounding, TensorDamage
from gpu.what_if import Outcome

DOWN = "model.layers.10.mlp.down_proj.weight"
NONE = np.zeros(0, np.int64)


def weights() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((6, 64)).astype(np.float32)


def listed() -> Listed:
    totals = tuple(measure(weights(), name).totals for name in ("int4", "int8"))
    found = {DOWN: TensorDamage(DOWN, (6, 64), 768, totals)}
    shapes = {"model.embed_tokens.weight": (9, 64), DOWN: (6, 64)}
    return Listed(shapes, found, (Rounding.parse("int4"), Rounding.parse("int8")), {DOWN: (0.08, 0.005)})


def test_names_are_short() -> None:
    assert short_name(DOWN) == "10.down_proj"
    assert short_name("model.layers.3.self_attn.q_proj.weight") == "3.q_proj"
    assert short_name("model.embed_tokens.weight") == "embed_tokens"


def test_two_schemes_side_by_side_and_what_is_not_measured_yet() -> None:
    frame = tensors_frame(listed(), NO_VERSUS, Progress("x", 1, 4), DOWN)
    assert frame.columns[1:4] == ("int4@b32\ndB", "int4@b32\nworst", "int4@b32\noutput")
    assert len(frame.columns) == len(frame.rows[0].cells) == len(frame.rows[1].sort) == 11
    assert frame.rows[0].values == (None, None)
    four, eight = frame.rows[1].values
    assert four is not None
    assert eight is not None
    assert four < eight
    assert (frame.rows[1].cells[3], frame.rows[1].cells[7]) == ("8.00%", "0.50%")
    assert (frame.rows[1].kind, frame.rows[1].layer) == ("down_proj", 10)
    assert (frame.progress, frame.chosen, frame.can_measure) == (0.25, DOWN, True)


def test_the_best_remedy_is_marked_and_bars_compare() -> None:
    tried = [
        Tried("at:a", "as it is", Outcome(0.1, 4.5, 0.01, 8.5, 0.2)),
        Tried("at:b", "per 16", Outcome(0.3, 5.0, 0.01, 8.5, 0.05)),
    ]
    frame = options_frame(tried, captured=True)
    assert [option.best for option in frame.options] == [False, True]
    assert [option.share for option in frame.options] == [1.0, 0.25]
    assert frame.options[1].text == "5.00% · 5 bits"
    assert "Capture activations" in options_frame(tried, captured=False).note
    assert options_frame([], captured=False).options == ()


def test_the_blocks_that_cause_most_come_first() -> None:
    activations = np.random.default_rng(2).standard_normal((5, 64)).astype(np.float32)
    activations[:, 40] = 100
    error = output_error(weights(), activations, Rounding.parse("int4"))
    frame = output_frame(error, np.arange(64, dtype=np.float32), np.array([40]), "", can_capture=True)
    assert frame.options[0].share == 1
    assert frame.options[0].key.endswith(",1")
    assert "Salient channels, by mean|x| · ‖w‖: 63, 62" in frame.note
    assert "Spiking channels: 40." in frame.note
    waiting = output_frame(None, None, NONE, "Capturing activations…", can_capture=False)
    assert (waiting.note, waiting.action) == ("Capturing activations…", "")
