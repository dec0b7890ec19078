from __future__ import annotations

import numpy as np
import pytest

from app.presenters.outlier_drift import change, drift_frame, drift_readout, drift_sites, signed_codes
from app.presenters.outliers import MapPick
from tests.gpu.probes.test_verdicts import CHANNELS, QKV, planned
from views.frames.outliers import NOT_FINITE, DriftFrame, MatchFrame

SITE = QKV.format(1)
PICK = MapPick(kind="self_attn.qkv_proj")
FRAME = DriftFrame(other="traffic")


def test_the_largest_change_wins_whichever_way_it_goes() -> None:
    codes = signed_codes(np.array([[0, 1, -2, np.nan, 2]], np.float32), 2)[0]
    assert codes[3] == NOT_FINITE
    assert codes[0] < codes[1] < codes[2]
    assert [int(code) % 2 for code in codes[[0, 1, 2, 4]]] == [0, 0, 1, 0]
    assert codes[2] // 2 == codes[4] // 2


@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_in_one_of_them_stays_so() -> None:
    first, other = np.array([np.inf, 1, np.nan, 0], np.float32), np.array([1, np.inf, 1, 0], np.float32)
    assert np.isfinite(change(first, other)).tolist() == [False, False, False, True]


def test_a_cell_is_read_exactly() -> None:
    calm, spiked = planned({}), planned({(SITE, 7): 100.0, (SITE, 8): np.inf})
    assert drift_sites(calm, spiked, PICK.kind)[1] == SITE
    said = drift_readout(calm, spiked, PICK.kind, 1, 7)
    assert said.startswith(f"{SITE} · channel 7 · ×")
    assert said.endswith("100 there")
    assert "no finite change" in drift_readout(calm, spiked, PICK.kind, 1, 8)
    assert drift_readout(calm, spiked, PICK.kind, -1, -1) == ""
    assert drift_readout(calm, None, PICK.kind, 1, 7) == ""


def test_drift_says_which_ranges_changed_and_which_way() -> None:
    calm, spiked = planned({}), planned({(SITE, 7): 100.0})
    frame = drift_frame(calm, spiked, PICK, FRAME)
    back = drift_frame(spiked, calm, PICK, FRAME)
    assert frame.heat.codes[1, 7] == frame.heat.codes.max()
    assert back.heat.codes[1, 7] == frame.heat.codes[1, 7] + 1
    assert {row[0]: row for row in frame.rows}[SITE][1] == "1 up, 0 down of 64"
    row = {row[0]: row for row in back.rows}[SITE]
    assert row[1] == "0 up, 1 down of 64"
    assert row[3].startswith("×0.0")
    assert row[3].endswith("at 7")
    assert drift_frame(calm, None, PICK, FRAME).heat.empty


@pytest.mark.parametrize(("channels", "answer"), [(0, "show matches"), (1, "matches"), (CHANNELS, "mostly")])
def test_drift_answers_whether_one_calibrates_for_the_other(channels: int, answer: str) -> None:
    frame = drift_frame(planned({}), planned({(SITE, c): 100.0 for c in range(channels)}), PICK, FRAME)
    assert answer in frame.note
    assert "traffic" in frame.note
    assert (SITE in frame.note) == (channels > 0)


@pytest.mark.parametrize(
    ("match", "answer"),
    [
        (MatchFrame(), "show matches"),
        (MatchFrame(matching=0.1), "show mostly matches"),
        (MatchFrame(matching=0.1, mostly=0.1), "does not match"),
        (MatchFrame(changed=1000, matching=0.1), "show matches"),
    ],
)
def test_what_counts_as_a_match_is_chosen(match: MatchFrame, answer: str) -> None:
    frame = drift_frame(planned({}), planned({(SITE, 7): 100.0}), PICK, DriftFrame(other="o", match=match))
    assert answer in frame.note
    assert f"{match.changed:g} times their range" in frame.note
