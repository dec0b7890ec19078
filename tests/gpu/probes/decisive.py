"""A golden checkpoint of which all layers read one channel: without it they add nothing to the embedding."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from gpu.formats import floats
from tests.golden.qwen3.checkpoints import Spec, config_fields, weights
from tests.gpu.checkpoints.tiny import safetensors

CHANNEL = 5
_GAIN, _SHARPNESS = 30, 8


def write_decisive(spec: Spec, directory: Path) -> Path:
    """Write the spec's checkpoint with norms that let `CHANNEL` alone through, and logits that are sharp."""
    tensors = {name: floats.to_f32(stored, spec.dtype).copy() for name, stored in weights(spec)}
    for name, values in tensors.items():
        if name.endswith("layernorm.weight"):
            values[:] = np.where(np.arange(values.size) == CHANNEL, _GAIN, 0)
    tensors["model.norm.weight"] *= _SHARPNESS
    (directory / "config.json").write_text(json.dumps(config_fields(spec)), encoding="utf-8")
    stored = {name: floats.from_f32(values, spec.dtype) for name, values in tensors.items()}
    (directory / "model.safetensors").write_bytes(safetensors(stored))
    return directory
