from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.app.cli.conftest import Quantscope
from tests.app.cli.test_generate import ids_text
from tests.golden.qwen3.checkpoints import Spec, load_golden


def test_the_array_is_what_transformers_computes(
    quantscope: Quantscope, golden_model: Path, golden_spec: Spec, tmp_path: Path
) -> None:
    golden, out = load_golden(golden_spec), tmp_path / "exactly.this.name"
    result = quantscope(
        "logits", golden_model, "--token-ids", ids_text(golden.prompt_ids), "--scheme", "W16A16",
        "--out", out, "--json",
    )  # fmt: skip
    logits = np.load(out)
    assert logits.dtype == np.float32
    assert np.abs(logits - golden.logits).max() <= 2e-3 * np.abs(golden.logits).max()
    assert (result.json["tokens"], result.json["vocabulary"]) == golden.logits.shape
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_failure_leaves_the_former_file_as_it_was(
    quantscope: Quantscope, talker: Path, tmp_path: Path
) -> None:
    out = tmp_path / "logits.npy"
    out.write_bytes(b"precious")
    assert "999" in quantscope("logits", talker, "--token-ids", "1,999", "--out", out).complaint
    assert out.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_where_nothing_can_be_written_is_said_before_the_model_is_loaded(
    quantscope: Quantscope, talker: Path, tmp_path: Path
) -> None:
    out = tmp_path / "no" / "such" / "logits.npy"
    complaint = quantscope("logits", talker, "--token-ids", "1", "--adapter", "none", "--out", out).complaint
    assert complaint == f"{out}: cannot be written (No such file or directory)."
