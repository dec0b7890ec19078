from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.cli.divergence import figures
from gpu.evaluate.divergence import Divergence, Position
from tests.app.cli.conftest import Quantscope

IDS = "1,2,3,4,5,6,7,8,9,10,11,12"
TEXT = "A scale is shared by a block of values, and its largest value decides how coarse it is."


def test_it_is_that_of_the_logits(quantscope: Quantscope, golden_model: Path, tmp_path: Path) -> None:
    rows = {}
    for scheme in ("W16A16", "W4A8"):
        out = tmp_path / f"{scheme}.npy"
        quantscope("logits", golden_model, "--token-ids", IDS, "--scheme", scheme, "--out", out)
        wide = np.load(out)[:-1].astype(np.float64)
        rows[scheme] = wide - np.log(np.exp(wide).sum(axis=1, keepdims=True))
    p, q = rows["W16A16"], rows["W4A8"]
    targets = [int(part) for part in IDS.split(",")][1:]
    kl = (np.exp(p) * (p - q)).sum(axis=1)
    delta = np.exp(q[np.arange(11), targets]) - np.exp(p[np.arange(11), targets])
    document = quantscope("divergence", golden_model, "--token-ids", IDS, "--json").json
    assert (document["scheme"], document["reference"]) == ("W4A8", "W16A16")
    assert (document["tokens"], document["positions"]) == (12, 11)
    assert document["mean_kl"] == pytest.approx(kl.mean(), rel=1e-4)
    assert document["max_kl"] == pytest.approx(kl.max(), rel=1e-4)
    assert document["kl_percentiles"]["50"] == pytest.approx(np.median(kl), rel=1e-4)
    assert document["same_top_share"] == (p.argmax(axis=1) == q.argmax(axis=1)).mean()
    assert document["mean_delta_p"] == pytest.approx(delta.mean(), rel=1e-3, abs=1e-9)
    assert document["rms_delta_p"] == pytest.approx(np.sqrt((delta**2).mean()), rel=1e-3)


def test_a_scheme_does_not_stray_from_itself(quantscope: Quantscope, talker: Path) -> None:
    arguments = ("--scheme", "W16A16", "--text", TEXT, "--window", "8", "--json")
    document = quantscope("divergence", talker, *arguments).json
    assert document["mean_kl"] == document["max_kl"] == 0
    assert document["same_top_share"] == 1
    assert document["first_divergence"] is None
    assert document["perplexity_ratio"] == 1


def test_on_the_demo_more_bits_stray_less(quantscope: Quantscope, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("user: What is a scale?\nA scale is a number that stretches small integers. " * 3)
    measured = {
        scheme: quantscope("divergence", "demo", "--scheme", scheme, "--text-file", file, "--json").json
        for scheme in ("W4A8", "W4A4@tensor")
    }
    assert measured["W4A8"]["mean_kl"] < 0.3
    assert measured["W4A4@tensor"]["mean_kl"] > 3
    assert measured["W4A8"]["same_top_share"] > 0.6 > measured["W4A4@tensor"]["same_top_share"]
    assert measured["W4A4@tensor"]["first_divergence"] is not None


def test_a_table_is_printed(quantscope: Quantscope, talker: Path) -> None:
    out = quantscope("divergence", talker, "--text", TEXT, "--reference", "W8A8").out
    assert "W4A8 with W8A8" in out
    assert "nats" in out


def test_what_json_has_no_word_for_is_null() -> None:
    broken = figures(Divergence.of([Position(np.inf, 0.5, 0, False), Position(0, 0.5, 0.5, True)]))
    assert broken["mean_kl"] is broken["max_kl"] is broken["perplexity_ratio"] is None
    assert broken["same_top_share"] == 0.5


def test_a_text_is_needed(quantscope: Quantscope, talker: Path) -> None:
    assert "--text-file" in quantscope("divergence", talker).complaint
    assert "at least two" in quantscope("divergence", talker, "--token-ids", "1").complaint
