from __future__ import annotations

import io

import numpy as np
import pytest

from app.presenters.outlier_findings import verdicts_frame
from app.presenters.outlier_numbers import (
    Shown,
    as_csv,
    as_npz,
    plot_caption,
    plot_csv,
    plot_numbers,
    token_numbers,
)
from app.presenters.outlier_pages import bars
from app.presenters.outliers import MapPick, MapPresenter
from gpu.probes.attention_share import AttentionMass
from tests.gpu.probes.test_verdicts import CHANNELS, QKV, TOKENS, planned
from tests.views.outliers.test_panel import PLOTS
from views.frames.outliers import BarSpread, ChannelFrame, KnockoutFrame, ProfileFrame

SITE = QKV.format(1)
VALUES = np.array([1, 2, 4], np.float32)


@pytest.fixture
def shown() -> Shown:
    mass = AttentionMass(4, TOKENS - 4, np.ones((2, 3, TOKENS), np.float32), np.ones((2, 3), np.float32))
    capture = planned({(SITE, 7): 50.0}, attention=mass)
    spreads = (BarSpread("a", 1.5, "1.5"), BarSpread("b", 2.0, "2", (1.0, 3.0)))
    return Shown(
        "Chat",
        capture,
        "Prompts",
        planned({(SITE, 7): 100.0}, attention=mass),
        MapPresenter(capture, MapPick("self_attn.qkv_proj"), "Chat"),
        verdicts_frame(capture),
        ChannelFrame(f"{SITE} · channel 7", bars("layers", VALUES), bars("|x|", VALUES)),
        ProfileFrame(SITE, bars("before", VALUES), bars("after", VALUES / 2)),
        KnockoutFrame(charts=(("Perplexity", spreads),)),
        SITE,
        token_numbers(SITE, np.ones((2, 3), np.float32), ("one", " two")),
    )


def test_every_plot_has_its_numbers(shown: Shown) -> None:
    verdicts = plot_numbers("verdicts", shown)
    assert (verdicts["Channel"].tolist(), verdicts["Site"].tolist()) == ([7], [SITE])
    assert verdicts["Largest |x|"].tolist() == [50.0]
    assert plot_numbers("map", shown)[f"{SITE}/absmax"][7] == 50
    assert plot_numbers("layers", shown)["layers"].tolist() == [1, 2, 4]
    assert plot_numbers("over", shown)["tokens"].tolist() == [1, 2, 4]
    assert plot_numbers("before", shown)["before"].tolist() == [1, 2, 4]
    assert plot_numbers("after", shown)["after"].tolist() == [0.5, 1, 2]
    assert plot_numbers("tokens", shown)["tokens"].tolist() == ["one", " two"]
    assert plot_numbers("sinks", shown)["share"].shape == (2, 3)
    assert plot_numbers("knockout", shown)["Perplexity"][1].tolist() == [2, 1, 3]
    assert plot_numbers("drift", shown)[SITE][7] == 1


def test_the_map_and_the_table_as_tables(shown: Shown) -> None:
    lines = plot_csv("map", shown).splitlines()
    assert len(lines) == CHANNELS + 1
    assert lines[0].startswith("channel,layers.0.self_attn.qkv_proj absmax")
    assert "50.0" in lines[8].split(",")
    assert plot_csv("verdicts", shown).splitlines()[1].startswith(f"7,{SITE},50")


@pytest.mark.parametrize("plot", sorted(PLOTS))
def test_a_picture_says_what_it_is_of(shown: Shown, plot: str) -> None:
    said = plot_caption(plot, shown)
    assert said.endswith("Chat · test · W16A16")
    assert {"map": "Largest |x|", "layers": "channel 7", "drift": "Prompts", "tokens": SITE}.get(
        plot, ""
    ) in said
    assert plot_numbers(plot, shown)


def test_numbers_as_files(shown: Shown) -> None:
    lines = as_csv(plot_numbers("tokens", shown)).splitlines()
    assert lines == [f"{SITE},0,1.0,1.0,1.0", f"{SITE},1,1.0,1.0,1.0", "tokens,0,one, two"]
    with np.load(io.BytesIO(as_npz(plot_numbers("knockout", shown)))) as stored:
        assert np.isnan(stored["Perplexity"][0]).tolist() == [False, True, True]
    assert as_csv({}) == ""
