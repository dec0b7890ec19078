from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.cli.conftest import Quantscope
from tests.app.cli.test_spikes import PLANTED, write_planted

TEXT = "Outliers are few, large and always in the same places, whatever the model is asked about."


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("texts") / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_planted(tmp_path_factory.mktemp("models") / "planted")


def test_the_channels_that_stand_out_are_taken_out(quantscope: Quantscope, planted: Path, text: Path) -> None:
    found = quantscope(
        "knockout", planted, "--text-file", text, "--where", "all-inputs", "--seeds", "2", "--json"
    ).json
    assert {(site, channel) for site, all_of in found["targets"].items() for channel in all_of} == PLANTED
    assert found["channels"] == len(PLANTED)
    assert len(found["random"]) == 2
    scores = [found["baseline"], found["chosen"], found["kept_at_16_bits"], *found["random"]]
    assert all(set(score) == {"perplexity", "top_probability", "top_attention"} for score in scores)
    assert found["chosen"] != found["baseline"]
    assert found["worth"]["size"] > 6
    assert found["worth"]["share"] < 3


def test_named_channels_are_taken_out_of_every_layer(
    quantscope: Quantscope, planted: Path, text: Path
) -> None:
    found = quantscope(
        *("knockout", planted, "--text-file", text, "--where", "residual", "--channels", "3,9"),
        *("--scheme", "W16A16", "--seeds", "1", "--json"),
    ).json
    assert found["targets"] == {"layers.0": [3, 9], "layers.1": [3, 9]}
    assert found["kept_at_16_bits"] is None
    assert found["worth"] is None


def test_a_table_stands_beside_the_papers_figures(quantscope: Quantscope, planted: Path, text: Path) -> None:
    lines = quantscope("knockout", planted, "--text-file", text, "--seeds", "1").out.splitlines()
    assert any(line.startswith("without the chosen") for line in lines)
    assert any(line.startswith("the chosen at 16 bits") for line in lines)
    assert lines[-2].startswith("Little depends on the chosen channels")
    assert "2208.07339" in lines[-1]


def test_what_cannot_be_taken_out_is_refused(quantscope: Quantscope, talker: Path, text: Path) -> None:
    assert "--channels" in quantscope("knockout", talker, "--text-file", text).complaint
    assert "--text-file" in quantscope("knockout", talker).complaint
    wrong = quantscope("knockout", talker, "--text-file", text, "--channels", "64").complaint
    assert "no channel 64" in wrong
