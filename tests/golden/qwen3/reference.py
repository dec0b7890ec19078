"""Qwen3's forward pass in numpy, float64 and for one sequence: slow, short and independent of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from gpu.checkpoints import Checkpoint
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.rope import rope_table


class Reference:
    """`sites` holds, after `logits`, what every site of the model saw: float64 [tokens, channels].

    A subclass may change the arithmetic where a scheme does: what a matrix holds (`_held`), what a linear
    layer reads (`_read`), what a layer leaves (`_left`) and what the key-value cache gives back (`_cached`).
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.config: Qwen3Config = checkpoint.config
        self.sites: dict[str, np.ndarray] = {}
        self._weights: Mapping[str, np.ndarray] = {
            name: self._held(checkpoint.tensor(name).read_f32()) for name in checkpoint.names()
        }

    def logits(self, token_ids: Sequence[int]) -> np.ndarray:
        embedding = self._weights["model.embed_tokens.weight"]
        hidden = embedding[list(token_ids)]  # [T, H]
        for layer in range(self.config.num_hidden_layers):
            hidden = hidden + self._attention(layer, self._norm(hidden, layer, "input_layernorm"))
            hidden = hidden + self._mlp(layer, self._norm(hidden, layer, "post_attention_layernorm"))
            hidden = self._left(f"layers.{layer}", hidden)
        last = self._read("lm_head", self._rms_norm(hidden, self._weights["model.norm.weight"]))
        return last @ self._weights.get("lm_head.weight", embedding).T  # [T, V]

    def site_statistics(self) -> Iterator[tuple[str, np.ndarray]]:
        for site, values in self.sites.items():
            yield f"{site}/absmax", np.abs(values).max(axis=0)
            yield f"{site}/mean_abs", np.abs(values).mean(axis=0)
            yield f"{site}/rms", np.sqrt(np.square(values).mean(axis=0))

    def _attention(self, layer: int, x: np.ndarray) -> np.ndarray:
        tokens, head_dim = len(x), self.config.head_dim
        x = self._read(f"layers.{layer}.self_attn.qkv_proj", x)
        queries, keys, values = (self._heads(layer, name, x) for name in "qkv")  # [heads, T, D]
        share = self.config.num_attention_heads // self.config.num_key_value_heads
        keys, values = keys.repeat(share, axis=0), values.repeat(share, axis=0)
        scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(head_dim)  # [heads, T, T]
        age = np.arange(tokens)[:, None] - np.arange(tokens)
        window = self.config.layer_window(layer) or tokens
        scores = np.where((age >= 0) & (age < window), scores, -np.inf)
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (shares / shares.sum(axis=-1, keepdims=True)) @ values
        mixed = self._read(f"layers.{layer}.self_attn.o_proj", mixed.transpose(1, 0, 2).reshape(tokens, -1))
        return mixed @ self._weight(layer, "self_attn.o_proj").T

    def _heads(self, layer: int, name: str, x: np.ndarray) -> np.ndarray:
        heads = (x @ self._weight(layer, f"self_attn.{name}_proj").T).reshape(
            len(x), -1, self.config.head_dim
        )
        if name == "v":
            return self._cached(name, heads.transpose(1, 0, 2))
        heads = self._rms_norm(heads, self._weight(layer, f"self_attn.{name}_norm"))
        cos, sin = np.split(rope_table(self.config, len(x))[:, None, :].astype(np.float64), 2, axis=-1)
        first, second = np.split(heads, 2, axis=-1)
        rotated = np.concatenate((first * cos - second * sin, second * cos + first * sin), axis=-1)
        rotated = rotated.transpose(1, 0, 2)
        return self._cached(name, rotated) if name == "k" else rotated

    def _mlp(self, layer: int, x: np.ndarray) -> np.ndarray:
        if self.config.is_moe_layer(layer):
            return self._mixture(layer, x)
        x = self._read(f"layers.{layer}.mlp.gate_up_proj", x)
        inner = self._read(f"layers.{layer}.mlp.down_proj", self._gated(layer, "mlp", x))
        return inner @ self._weight(layer, "mlp.down_proj").T

    def _gated(self, layer: int, prefix: str, x: np.ndarray) -> np.ndarray:
        gate = x @ self._weight(layer, f"{prefix}.gate_proj").T
        up = x @ self._weight(layer, f"{prefix}.up_proj").T
        return gate / (1 + np.exp(-gate)) * up

    def _mixture(self, layer: int, x: np.ndarray) -> np.ndarray:
        """Every token through every expert, weighted by shares that are zero but for the chosen."""
        scores = x @ self._weight(layer, "mlp.gate").T  # [T, E]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        least = np.sort(shares, axis=1)[:, -self.config.num_experts_per_tok]
        shares = np.where(shares >= least[:, None], shares, 0)
        if self.config.norm_topk_prob:
            shares /= shares.sum(axis=1, keepdims=True)
        out = np.zeros_like(x)
        for expert in range(self.config.num_experts):
            inner = self._gated(layer, f"mlp.experts.{expert}", x)
            out += shares[:, expert, None] * (
                inner @ self._weight(layer, f"mlp.experts.{expert}.down_proj").T
            )
        return out

    def _norm(self, x: np.ndarray, layer: int, name: str) -> np.ndarray:
        return self._rms_norm(x, self._weight(layer, name))

    def _rms_norm(self, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + self.config.rms_norm_eps) * weight

    def _weight(self, layer: int, name: str) -> np.ndarray:
        return self._weights[f"model.layers.{layer}.{name}.weight"]

    def _held(self, values: np.ndarray) -> np.ndarray:
        return values.astype(np.float64)

    def _read(self, site: str, values: np.ndarray) -> np.ndarray:
        self.sites[site] = values
        return values

    def _left(self, site: str, values: np.ndarray) -> np.ndarray:
        self.sites[site] = values
        return values

    def _cached(self, name: str, values: np.ndarray) -> np.ndarray:  # noqa: ARG002 - k or v
        return values
