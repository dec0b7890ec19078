"""The demo model in numpy: slow, plain and without torch, to check what was planted in its weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Weights = dict[str, np.ndarray]


def read_bf16(path: Path) -> Weights:
    """Every tensor of a bf16 safetensors file as float32."""
    blob = path.read_bytes()
    size = int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8 : 8 + size])
    header.pop("__metadata__", None)
    return {name: _tensor(blob, 8 + size, entry) for name, entry in header.items()}


def _tensor(blob: bytes, start: int, entry: Mapping[str, Any]) -> np.ndarray:
    first, last = entry["data_offsets"]
    bits = np.frombuffer(blob[start + first : start + last], np.uint16).astype(np.uint32) << 16
    return bits.view(np.float32).reshape(entry["shape"]).copy()


def logits(weights: Weights, config: Mapping[str, Any], ids: list[int]) -> np.ndarray:
    """Logits [tokens, vocabulary] of one text, in float32 throughout."""
    x = weights["model.embed_tokens.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        own = {n.split(".", 3)[3]: w for n, w in weights.items() if n.startswith(f"model.layers.{layer}.")}
        x = x + _attention(_norm(x, own["input_layernorm.weight"], config), own, config)
        x = x + _mlp(_norm(x, own["post_attention_layernorm.weight"], config), own)
    return _norm(x, weights["model.norm.weight"], config) @ weights["model.embed_tokens.weight"].T


def _norm(x: np.ndarray, weight: np.ndarray, config: Mapping[str, Any]) -> np.ndarray:
    mean_square = np.square(x).mean(axis=-1, keepdims=True, dtype=np.float32)
    return x / np.sqrt(mean_square + np.float32(config["rms_norm_eps"])) * weight


def _mlp(x: np.ndarray, own: Weights) -> np.ndarray:
    gate = x @ own["mlp.gate_proj.weight"].T
    return gate / (1 + np.exp(-gate)) * (x @ own["mlp.up_proj.weight"].T) @ own["mlp.down_proj.weight"].T


def _attention(x: np.ndarray, own: Weights, config: Mapping[str, Any]) -> np.ndarray:
    tokens, width = len(x), config["head_dim"]
    query, key, value = (
        (x @ own[f"self_attn.{name}.weight"].T).reshape(tokens, -1, width)
        for name in ("q_proj", "k_proj", "v_proj")
    )
    query = _rotate(_norm(query, own["self_attn.q_norm.weight"], config), config)
    key = _rotate(_norm(key, own["self_attn.k_norm.weight"], config), config)
    shared = query.shape[1] // key.shape[1]
    key, value = key.repeat(shared, axis=1), value.repeat(shared, axis=1)
    scores = np.einsum("thd,shd->hts", query, key) * np.float32(width**-0.5)
    scores = np.where(np.tri(tokens, dtype=bool), scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return np.einsum("hts,shd->thd", shares, value).reshape(tokens, -1) @ own["self_attn.o_proj.weight"].T


def _rotate(x: np.ndarray, config: Mapping[str, Any]) -> np.ndarray:
    half = config["head_dim"] // 2
    rates = config["rope_theta"] ** (-np.arange(half) / half)
    angles = np.arange(len(x))[:, None] * rates
    cos, sin = (f(angles)[:, None].astype(np.float32) for f in (np.cos, np.sin))
    first, second = x[..., :half], x[..., half:]
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)
