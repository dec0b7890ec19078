"""Rotary settings whose tables transformers computed: `CASES` are config.json fields, `GOLDEN` the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parent / "data" / "rope.npz"
POSITIONS = (0, 1, 2, 3, 7, 31, 100, 1023, 4095, 32_767, 40_000, 131_071)


def _config(head_dim: int, **fields: Any) -> dict[str, Any]:
    return {
        "model_type": "qwen3",
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": head_dim,
        "vocab_size": 100,
        "max_position_embeddings": 40_960,
        **fields,
    }


def _yarn(**fields: Any) -> dict[str, Any]:
    return {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32_768, **fields}


CASES: Mapping[str, dict[str, Any]] = {
    "default": _config(128, rope_theta=1e6, rope_scaling=None),
    "default-new": _config(40, rope_parameters={"rope_type": "default", "rope_theta": 5e6}),
    "no-theta": _config(64),
    "linear": _config(64, rope_theta=1e4, rope_scaling={"type": "linear", "factor": 2.5}),
    "yarn": _config(128, rope_theta=1e6, rope_scaling=_yarn()),
    "yarn-not-truncated": _config(24, rope_parameters=_yarn(rope_theta=1e4, truncate=False)),
    "yarn-betas": _config(64, rope_theta=1e4, rope_scaling=_yarn(beta_fast=16, beta_slow=2)),
    "yarn-attention-factor": _config(32, rope_parameters=_yarn(rope_theta=1e6, attention_factor=0.75)),
    "yarn-mscale": _config(32, rope_parameters=_yarn(rope_theta=1e6, mscale=0.7, mscale_all_dim=1.3)),
    "yarn-no-original": _config(16, rope_theta=1e4, rope_scaling={"type": "yarn", "factor": 2.0}),
    "yarn-tiny-original": _config(32, rope_theta=1e4, rope_scaling=_yarn(original_max_position_embeddings=4)),
    "yarn-shrinks": _config(32, rope_theta=1e4, rope_scaling=_yarn(factor=0.5)),
}


def write_config(settings: Mapping[str, Any], directory: Path) -> None:
    (directory / "config.json").write_text(json.dumps(settings), encoding="utf-8")


def load_tables() -> dict[str, np.ndarray]:
    """By case: float32 [len(POSITIONS), head_dim], cos in the first half and sin in the second."""
    with np.load(GOLDEN) as stored:
        return {name: stored[name] for name in stored.files}
