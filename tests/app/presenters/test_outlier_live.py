from __future__ import annotations

import numpy as np

from app.presenters.outlier_live import LiveRow, height, live_frame, live_readout
from app.presenters.outliers import MapPick
from views.frames.outliers import NOT_FINITE

PICK = MapPick()


def row(position: int, spike: float = 9.0, piece: bytes = b"a") -> LiveRow:
    values = np.ones(64, np.float32)
    values[position] = -spike
    return LiveRow(position, values, piece)


def test_tokens_read_as_their_text() -> None:
    assert [row(1, piece=piece).name for piece in (b" block", b"\n", b" ", "é".encode()[:1])] == [
        "block",
        "⏎",
        "␣",
        "\ufffd",
    ]


def test_the_height_covers_the_rows_and_seldom_changes() -> None:
    assert [height(n) for n in (1, 16, 17, 32, 128)] == [16, 16, 32, 32, 128]


def test_the_newest_token_is_last_and_the_map_keeps_its_height() -> None:
    rows = [row(4), row(5, piece=b"b")]
    one, two = (live_frame(rows[:n], "layers.1", PICK, None) for n in (1, 2))
    assert one.codes.shape == two.codes.shape == (16, 64)
    assert (one.blank_rows, two.blank_rows) == (15, 14)
    assert one.key == two.key
    assert two.row_names[-2:] == ("a", "b")
    assert two.codes[-1].argmax() == 5
    assert two.codes[-2].argmax() == 4
    assert two.pinned is None
    assert live_frame(rows, "layers.1", PICK, 7).pinned == (15, 7)
    assert live_frame(rows, "layers.1", PICK, 64).pinned is None
    assert live_frame([], "", PICK, None).empty


def test_what_is_not_finite_is_seen_and_values_are_read_with_their_sign() -> None:
    rows = [row(4, np.nan), row(5, piece=b"b")]
    top = 14
    assert live_frame(rows, "layers.1", PICK, None).codes[top, 4] == NOT_FINITE
    assert live_readout(rows, "layers.1", top, 4) == "token 4 'a' · channel 4 · not finite"
    assert live_readout(rows, "layers.1", top + 1, 5) == "token 5 'b' · channel 5 · -9"
    assert live_readout(rows, "layers.1", 0, 5).startswith("layers.1")
