from __future__ import annotations

import numpy as np

from app.presenters.outlier_live import LiveRow, height, live_frame, live_readout, name_of
from app.presenters.outliers import MapPick
from views.frames.outliers import NOT_FINITE

PICK = MapPick()
PIECES = (b" block", b"\n")


def row(number: int, spike: float = 9.0, name: str = "") -> LiveRow:
    values = np.ones(64, np.float32)
    values[number] = -spike
    return LiveRow(number, values, name)


def test_tokens_of_the_answer_read_as_their_text_and_those_of_the_prompt_as_numbers() -> None:
    assert [name_of(row(n), 3, PIECES) for n in (3, 4, 5, 6)] == ["3", "block", "⏎", "6"]
    assert name_of(row(4, name="«x»"), 3, PIECES) == "«x»"


def test_the_height_covers_the_rows_and_seldom_changes() -> None:
    assert [height(n) for n in (1, 16, 17, 32, 128)] == [16, 16, 32, 32, 128]


def test_the_newest_token_is_last_and_the_map_keeps_its_height() -> None:
    rows = [row(4), row(5)]
    one, two = (live_frame(rows[:n], ["a", "b"][:n], "layers.1", PICK, None) for n in (1, 2))
    assert one.codes.shape == two.codes.shape == (16, 64)
    assert one.key == two.key
    assert two.row_names[-2:] == ("a", "b")
    assert two.codes[-1].argmax() == 5
    assert two.codes[-2].argmax() == 4
    assert two.pinned is None
    assert live_frame(rows, ["a", "b"], "layers.1", PICK, 7).pinned == (15, 7)
    assert live_frame([], [], "", PICK, None).empty


def test_a_token_opened_in_the_chat_is_pinned_at_its_strongest_channel() -> None:
    frame = live_frame([row(4, name="«x»"), row(5)], ["«x»", "b"], "layers.1", PICK, None)
    assert frame.pinned == (14, 4)


def test_what_is_not_finite_is_seen_and_values_are_read_with_their_sign() -> None:
    rows = [row(4, np.nan), row(5)]
    top = 14
    assert live_frame(rows, ["a", "b"], "layers.1", PICK, None).codes[top, 4] == NOT_FINITE
    assert live_readout(rows, ["a", "b"], "layers.1", top, 4) == "a · channel 4 · not finite"
    assert live_readout(rows, ["a", "b"], "layers.1", top + 1, 5) == "b · channel 5 · -9"
    assert live_readout(rows, ["a", "b"], "layers.1", 0, 5).startswith("layers.1")
