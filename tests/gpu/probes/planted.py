"""A golden checkpoint with spikes planted: the same function, with a few channels 64 times as large."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from gpu.formats import floats
from tests.golden.qwen3.checkpoints import Spec, config_fields, weights
from tests.gpu.checkpoints.tiny import safetensors

THRESHOLDS = (0.5, 6.0)  # of the golden counts of tests/golden/qwen3/statistics.py
FIRST = 4  # tokens whose queries its attention leaves out
FACTOR = np.float32(64)  # a power of two: exact in every float format
NORMED = {"layers.0.self_attn.qkv_proj": (5, 40), "layers.1.mlp.gate_up_proj": (17,)}
GATED = {"layers.1.mlp.down_proj": (3, 99, 150)}
PLANTED = {(site, channel) for places in (NORMED, GATED) for site, own in places.items() for channel in own}
# The site's linear layers, and the tensor whose rows (or gains) write its channels.
_READERS = {"qkv_proj": ("q_proj", "k_proj", "v_proj"), "gate_up_proj": ("gate_proj", "up_proj")}
_NORMS = {"qkv_proj": "input_layernorm", "gate_up_proj": "post_attention_layernorm"}


def write_planted(spec: Spec, directory: Path) -> Path:
    """Write the spec's checkpoint with `PLANTED` channels; the spec is of one file, not bare."""
    tensors = {name: floats.to_f32(stored, spec.dtype).copy() for name, stored in weights(spec)}
    for site, channels in NORMED.items():
        layer, block, linear = site.rsplit(".", 2)
        tensors[f"model.{layer}.{_NORMS[linear]}.weight"][list(channels)] *= FACTOR
        for reader in _READERS[linear]:
            tensors[f"model.{layer}.{block}.{reader}.weight"][:, list(channels)] /= FACTOR
    for site, channels in GATED.items():
        mlp = f"model.{site.removesuffix('.down_proj')}"
        tensors[f"{mlp}.up_proj.weight"][list(channels)] *= FACTOR
        tensors[f"{mlp}.down_proj.weight"][:, list(channels)] /= FACTOR
    (directory / "config.json").write_text(json.dumps(config_fields(spec)), encoding="utf-8")
    stored = {name: floats.from_f32(values, spec.dtype) for name, values in tensors.items()}
    (directory / "model.safetensors").write_bytes(safetensors(stored))
    return directory
