from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.app.cli.conftest import TALKER, Quantscope, write_talker
from tests.app.cli.test_generate import ids_text
from tests.golden.qwen3.checkpoints import Spec, load_golden, weights
from tests.gpu.checkpoints import tiny

CHANNEL, NEURON, FACTOR = 23, 51, 40.0
INPUT_NORM, UP = "model.layers.1.input_layernorm.weight", "model.layers.0.mlp.up_proj.weight"
PLANTED = {("layers.1.self_attn.qkv_proj", CHANNEL), ("layers.0.mlp.down_proj", NEURON)}


def write_planted(directory: Path) -> Path:
    """The talker with a channel and a neuron scaled up where they are written, down where they are read."""
    write_talker(directory)
    arrays = {name: values.copy() for name, values in weights(TALKER)}
    arrays[INPUT_NORM][CHANNEL] *= FACTOR
    for part in "qkv":
        arrays[f"model.layers.1.self_attn.{part}_proj.weight"][:, CHANNEL] /= FACTOR
    arrays[UP][NEURON] *= FACTOR
    arrays["model.layers.0.mlp.down_proj.weight"][:, NEURON] /= FACTOR
    (directory / "model.safetensors").write_bytes(tiny.safetensors(arrays))
    return directory


def test_statistics_are_those_of_transformers(
    quantscope: Quantscope, golden_model: Path, golden_spec: Spec, tmp_path: Path
) -> None:
    golden, out = load_golden(golden_spec), tmp_path / "spikes.npz"
    ids = ids_text(golden.prompt_ids)
    result = quantscope(
        "spikes", golden_model, "--token-ids", ids, "--scheme", "W16A16", "--out", out, "--json"
    )
    with np.load(out) as stored:
        assert set(stored.files) == set(golden.sites)
        for name in stored.files:
            assert stored[name].dtype == np.float32
            np.testing.assert_allclose(stored[name], golden.sites[name], rtol=2e-3, atol=2e-4, err_msg=name)
    assert result.json["tokens"] == len(golden.prompt_ids)


def test_planted_channels_are_named_and_no_others(quantscope: Quantscope, tmp_path: Path) -> None:
    model, out = write_planted(tmp_path / "planted"), tmp_path / "spikes.npz"
    text = "Outliers are few, large and always in the same places, whatever the model is asked about."
    for scheme in ("W16A16", "W4A8"):
        result = quantscope("spikes", model, "--text", text, "--out", out, "--scheme", scheme, "--json")
        channels = result.json["channels"]
        assert {(found["site"], found["channel"]) for found in channels} == PLANTED
        assert result.json["overlap_of_tokens"] == {}
        assert [found["ratio"] for found in channels] == sorted((f["ratio"] for f in channels), reverse=True)
    printed = quantscope("spikes", model, "--text", text, "--out", out).out.splitlines()
    assert {tuple(line.split()[:2]) for line in printed[1:3]} == {(s, str(c)) for s, c in PLANTED}


def test_a_long_text_is_run_in_pieces(quantscope: Quantscope, talker: Path, tmp_path: Path) -> None:
    ids = ",".join(str(i % 600) for i in range(40))
    out = tmp_path / "spikes.npz"
    result = quantscope("spikes", talker, "--token-ids", ids, "--context", "16", "--out", out, "--json")
    assert result.json["tokens"] == 40


def test_text_that_is_no_text_is_refused(quantscope: Quantscope, talker: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "text", tmp_path / "out.npz"
    assert "cannot be read" in quantscope("spikes", talker, "--text-file", file, "--out", out).complaint
    file.write_bytes(b"caf\xe9")
    assert "not UTF-8" in quantscope("spikes", talker, "--text-file", file, "--out", out).complaint
    file.write_bytes(b"")
    assert "at least one token" in quantscope("spikes", talker, "--text-file", file, "--out", out).complaint


@pytest.mark.parametrize("files", [(), ("--out", "a", "--capture", "a")])
def test_wrong_usage(quantscope: Quantscope, files: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="2"):
        quantscope("spikes", "demo", "--text", "Why?", *files)
