from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from app.cli.capturing import positive, site_names
from gpu.probes.capture_file import load_capture
from tests.app.cli.conftest import Quantscope
from tests.app.cli.test_spikes import CHANNEL, PLANTED, write_planted

TEXT = "Outliers are few, large and always in the same places, whatever the model is asked about."


def test_a_capture_is_written_that_opens_without_the_model(quantscope: Quantscope, tmp_path: Path) -> None:
    model, file = write_planted(tmp_path / "planted"), tmp_path / "c.safetensors"
    document = quantscope(
        "spikes", model, "--text", TEXT, "--capture", file, "--keep", "layers.0,layers.1", "--json"
    ).json
    (model / "model.safetensors").unlink()
    found = load_capture(file)
    assert document["capture"] == str(file)
    assert "".join(found.pieces) == TEXT
    assert set(found.values) == {"layers.0", "layers.1"}
    assert found.values["layers.1"].shape == (document["tokens"], 64)
    assert found.origin.model == "planted"


def test_verdicts_name_the_planted_channels(quantscope: Quantscope, tmp_path: Path) -> None:
    model = write_planted(tmp_path / "planted")
    found = quantscope(
        "spikes", model, "--text", TEXT, "--out", tmp_path / "o.npz", "--outlier", "4", "--json"
    ).json
    ranked = {(v["site"], v["channel"]) for v in found["verdicts"] if v["is_ranked"]}
    assert ranked == PLANTED
    assert found["thresholds"] == [4, 100]
    assert found["non_finite"] == {}
    assert found["overlap_of_layers"]["qkv_proj"]["anywhere"] == [CHANNEL]
    assert all(v["peak_token"] in TEXT for v in found["verdicts"])


def test_a_capture_beyond_the_limit_is_refused_before_it_starts(
    quantscope: Quantscope, talker: Path, tmp_path: Path
) -> None:
    file = tmp_path / "c.safetensors"
    arguments = ("--text", TEXT, "--capture", file, "--keep", "layers.0", "--limit", "512")
    said = quantscope("spikes", talker, *arguments).complaint
    assert "2 tokens would fit" in said
    assert not file.exists()


def test_an_output_is_needed(quantscope: Quantscope, talker: Path) -> None:
    with pytest.raises(SystemExit):
        quantscope("spikes", talker, "--text", TEXT)


@pytest.mark.parametrize("text", ["x", "0", "-1", "nan", "inf"])
def test_magnitudes_are_positive(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        positive(text)


def test_sites_are_listed_with_commas() -> None:
    assert site_names("layers.0, lm_head,") == {"layers.0", "lm_head"}
