"""A tiny valid checkpoint, written byte by byte so that tests can break it anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

CONFIG: dict[str, Any] = {
    "model_type": "qwen3",
    "hidden_size": 8,
    "intermediate_size": 6,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 4,
    "vocab_size": 10,
    "tie_word_embeddings": True,
    "eos_token_id": 3,
}
SHAPES: dict[str, tuple[int, ...]] = {
    "model.embed_tokens.weight": (10, 8),
    "model.layers.0.input_layernorm.weight": (8,),
    "model.layers.0.self_attn.q_proj.weight": (8, 8),
    "model.layers.0.self_attn.k_proj.weight": (4, 8),
    "model.layers.0.self_attn.v_proj.weight": (4, 8),
    "model.layers.0.self_attn.q_norm.weight": (4,),
    "model.layers.0.self_attn.k_norm.weight": (4,),
    "model.layers.0.self_attn.o_proj.weight": (8, 8),
    "model.layers.0.post_attention_layernorm.weight": (8,),
    "model.layers.0.mlp.gate_proj.weight": (6, 8),
    "model.layers.0.mlp.up_proj.weight": (6, 8),
    "model.layers.0.mlp.down_proj.weight": (8, 6),
    "model.norm.weight": (8,),
}
STORED = {np.dtype(np.uint16): "BF16", np.dtype(np.float16): "F16", np.dtype(np.float32): "F32"}


def tensors(dtype: type = np.float32) -> dict[str, np.ndarray]:
    """Values 0, 1, 2, … in every tensor; as uint16 they are bf16 bits, small and finite."""
    return {name: np.arange(np.prod(shape)).astype(dtype).reshape(shape) for name, shape in SHAPES.items()}


def container(header: Mapping[str, Any] | bytes, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def safetensors(arrays: Mapping[str, np.ndarray]) -> bytes:
    header, end = {}, 0
    for name, values in arrays.items():
        offsets = [end, end := end + values.nbytes]
        header[name] = {"dtype": STORED[values.dtype], "shape": list(values.shape), "data_offsets": offsets}
    return container(header, b"".join(values.tobytes() for values in arrays.values()))


def write(directory: Path, arrays: Mapping[str, np.ndarray] | None = None, **changes: Any) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps({**CONFIG, **changes}), encoding="utf-8")
    (directory / "model.safetensors").write_bytes(safetensors(tensors() if arrays is None else arrays))
    return directory


def write_shards(directory: Path, arrays: Mapping[str, np.ndarray], count: int) -> Path:
    write(directory, {})
    (directory / "model.safetensors").unlink()
    weight_map = {name: f"part-{index % count}.safetensors" for index, name in enumerate(arrays)}
    for shard in set(weight_map.values()):
        own = {name: values for name, values in arrays.items() if weight_map[name] == shard}
        (directory / shard).write_bytes(safetensors(own))
    index = json.dumps({"weight_map": weight_map})
    (directory / "model.safetensors.index.json").write_text(index, encoding="utf-8")
    return directory
