from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.text import TextCodec
from gpu.checkpoints import open_checkpoint
from gpu.evaluate.perplexity import cross_entropy
from tests.app.cli.conftest import Quantscope
from tests.golden.qwen3.reference import Reference

TEXT = "A scale is shared by a block of values, and its largest value decides how coarse it is."


def test_it_is_that_of_the_reference(quantscope: Quantscope, talker: Path, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    ids, window, nats = TextCodec.load(talker).encode(TEXT), 16, []
    reference = Reference(open_checkpoint(talker))
    for start in range(0, len(ids), window):
        part = ids[start : start + window]
        nats.extend(cross_entropy(reference.logits(part)[:-1], np.array(part[1:])))
    document = quantscope(
        "perplexity", talker, "--text-file", file, "--window", "16", "--schemes", "W16A16,W4A8", "--json"
    ).json
    exact, quantized = document["results"]
    assert document["tokens"] == len(ids)
    assert exact["scored_tokens"] == len(nats)
    assert exact["nats_per_token"] == pytest.approx(np.mean(nats), rel=1e-4)
    assert exact["perplexity"] == pytest.approx(np.exp(np.mean(nats)), rel=1e-3)
    assert (exact["scheme"], quantized["scheme"]) == ("W16A16", "W4A8")
    assert quantized["ratio"] == quantized["perplexity"] / exact["perplexity"]
    assert quantized["ratio"] != 1


def test_a_table_is_printed(quantscope: Quantscope, talker: Path, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    lines = quantscope("perplexity", talker, "--text-file", file, "--schemes", "W4A8").out.splitlines()
    assert lines[0].split() == ["scheme", "perplexity", "nats", "a", "token", "x", "the", "first"]
    assert lines[1].startswith("W4A8")
    assert lines[1].endswith("1.0000")


def test_a_text_is_needed(quantscope: Quantscope, talker: Path, tmp_path: Path) -> None:
    assert "--text-file" in quantscope("perplexity", talker).complaint
    (tmp_path / "empty").touch()
    assert "at least two" in quantscope("perplexity", talker, "--text-file", tmp_path / "empty").complaint
