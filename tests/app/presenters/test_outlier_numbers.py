from __future__ import annotations

import io

import numpy as np
import pytest

from app.presenters.outlier_findings import verdicts_frame
from app.presenters.outlier_numbers import Shown, as_csv, as_npz, page_numbers, token_numbers
from app.presenters.outlier_pages import bars
from gpu.probes.attention_share import AttentionMass
from tests.gpu.probes.test_verdicts import QKV, TOKENS, planned
from views.frames.outliers import BarSpread, ChannelFrame, KnockoutFrame, ProfileFrame

SITE = QKV.format(1)
VALUES = np.array([1, 2, 4], np.float32)


@pytest.fixture
def shown() -> Shown:
    mass = AttentionMass(4, TOKENS - 4, np.ones((2, 3, TOKENS), np.float32), np.ones((2, 3), np.float32))
    capture = planned({(SITE, 7): 50.0}, attention=mass)
    spreads = (BarSpread("a", 1.5, "1.5"), BarSpread("b", 2.0, "2", (1.0, 3.0)))
    return Shown(
        verdicts_frame(capture),
        ChannelFrame(layers=bars("layers", VALUES)),
        ProfileFrame(before=bars("before", VALUES), after=bars("after", VALUES / 2)),
        KnockoutFrame(charts=(("Perplexity", spreads),)),
        capture,
        planned({(SITE, 7): 100.0}, attention=mass),
        token_numbers(SITE, np.ones((2, 3), np.float32), ("one", " two")),
    )


def test_every_page_has_its_numbers(shown: Shown) -> None:
    verdicts = page_numbers("verdicts", shown)
    assert (verdicts["Channel"].tolist(), verdicts["Site"].tolist()) == ([7], [SITE])
    assert verdicts["Largest |x|"].tolist() == [50.0]
    assert page_numbers("channel", shown)["layers"].tolist() == [1, 2, 4]
    assert page_numbers("profile", shown)["after"].tolist() == [0.5, 1, 2]
    assert page_numbers("tokens", shown)["tokens"].tolist() == ["one", " two"]
    assert page_numbers("sinks", shown)["share"].shape == (2, 3)
    assert page_numbers("knockout", shown)["Perplexity"][1].tolist() == [2, 1, 3]
    assert page_numbers("drift", shown)[SITE][7] == 1


def test_numbers_as_files(shown: Shown) -> None:
    lines = as_csv(page_numbers("tokens", shown)).splitlines()
    assert lines == [f"{SITE},0,1.0,1.0,1.0", f"{SITE},1,1.0,1.0,1.0", "tokens,0,one, two"]
    with np.load(io.BytesIO(as_npz(page_numbers("knockout", shown)))) as stored:
        assert np.isnan(stored["Perplexity"][0]).tolist() == [False, True, True]
    assert as_csv({}) == ""
