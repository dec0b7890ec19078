from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.app.cli.conftest import Quantscope
from tests.app.cli.test_generate import ids_text
from tests.golden.qwen3.checkpoints import GOLDEN_DIRECTORY, Spec, prompt_ids
from tests.gpu.probes.planted import FIRST


def test_shares_are_those_of_transformers(
    quantscope: Quantscope, golden_model: Path, golden_spec: Spec
) -> None:
    ids = prompt_ids(golden_spec)
    found = quantscope(
        "sinks", golden_model, "--token-ids", ids_text(ids), "--scheme", "W16A16", "--share", "0.05", "--json"
    ).json
    with np.load(GOLDEN_DIRECTORY / "statistics.npz") as stored:
        received, top = stored["random/attention/received"], stored["random/attention/top"]
    shares = received[:, :, :FIRST].sum(axis=2) / (len(ids) - FIRST)
    np.testing.assert_allclose(found["share"], shares, atol=1e-4)
    np.testing.assert_allclose(found["top_mass"], top.mean(), rtol=1e-3)
    sinks = {(sink["layer"], sink["head"]) for sink in found["sinks"]}
    assert sinks == {(int(i), int(h)) for i, h in np.argwhere(shares >= 0.05)}
    assert next(link["position"] for link in found["links"]) == received.mean(axis=(0, 1)).argmax()


def test_heads_and_tokens_are_printed(quantscope: Quantscope, talker: Path) -> None:
    text = "A head that has nothing to add parks its attention on a token that says little."
    lines = quantscope("sinks", talker, "--text", text, "--share", "0.01").out.splitlines()
    assert "of 8 heads spend at least 1%" in lines[0]
    assert lines[1].split() == ["layer", "head", "share"]
    assert any(line.startswith("Token ") and "receives" in line for line in lines)


def test_a_text_of_first_tokens_alone_is_refused(quantscope: Quantscope, talker: Path) -> None:
    said = quantscope("sinks", talker, "--token-ids", "1,2,3,4").complaint
    assert "more than 4 are needed" in said
