"""Qwen3 in torch for training: dense, tied embeddings, block-diagonal causal attention, checkpoint names."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  (torch's own idiom)
from torch import Tensor, nn

from tests.golden.demo.fake_quant import Numerics


@dataclass(frozen=True)
class Step:
    """What every layer needs besides the hidden state."""

    mask: Tensor  # [B, 1, T, T] bool
    cos: Tensor  # [T, 1, head_dim/2]
    sin: Tensor
    numerics: Numerics


class Linear(nn.Module):
    """y = x Wᵀ. `column_scale` is what planting multiplies an input channel by (and divides its column by).

    In 16 bits the two cancel exactly, so they are applied only where something is quantized.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * inputs**-0.5)
        self.register_buffer("column_scale", torch.ones(inputs), persistent=False)

    def forward(self, x: Tensor, numerics: Numerics) -> Tensor:
        if numerics.weight_bits == numerics.activation_bits == 16:
            return F.linear(x, self.weight)
        weight = numerics.weights(self.weight / self.column_scale)
        return F.linear(numerics.activations(x * self.column_scale), weight)


class Attention(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        hidden, self.head_dim = config["hidden_size"], config["head_dim"]
        query, key = (config[name] * self.head_dim for name in ("num_attention_heads", "num_key_value_heads"))
        self.q_proj, self.o_proj = Linear(hidden, query), Linear(query, hidden)
        self.k_proj, self.v_proj = Linear(hidden, key), Linear(hidden, key)
        self.q_norm = nn.RMSNorm(self.head_dim, config["rms_norm_eps"])
        self.k_norm = nn.RMSNorm(self.head_dim, config["rms_norm_eps"])

    def forward(self, x: Tensor, step: Step) -> Tensor:
        query, key, value = (
            project(x, step.numerics).unflatten(-1, (-1, self.head_dim))  # [B, T, heads, head_dim]
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        query = _rotate(self.q_norm(query.float()), step).to(value.dtype)
        key = _rotate(self.k_norm(key.float()), step).to(value.dtype)
        mixed = F.scaled_dot_product_attention(
            *(part.transpose(1, 2) for part in (query, key, value)), attn_mask=step.mask, enable_gqa=True
        )
        return self.o_proj(mixed.transpose(1, 2).flatten(-2), step.numerics)


class Mlp(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        hidden, inner = config["hidden_size"], config["intermediate_size"]
        self.gate_proj, self.up_proj = Linear(hidden, inner), Linear(hidden, inner)
        self.down_proj = Linear(inner, hidden)

    def forward(self, x: Tensor, numerics: Numerics) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x, numerics)) * self.up_proj(x, numerics), numerics)


class Layer(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.self_attn = Attention(config)
        self.post_attention_layernorm = nn.RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.mlp = Mlp(config)

    def forward(self, x: Tensor, step: Step) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), step)
        return x + self.mlp(self.post_attention_layernorm(x), step.numerics)


class Decoder(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        nn.init.normal_(self.embed_tokens.weight, std=config["hidden_size"] ** -0.5)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.norm = nn.RMSNorm(config["hidden_size"], config["rms_norm_eps"])


class Qwen3(nn.Module):
    """Token ids [B, T] and segment numbers [B, T] in, logits [B, T, vocabulary] out."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        for layer in self.model.layers:
            for matrix in (layer.self_attn.o_proj.weight, layer.mlp.down_proj.weight):
                nn.init.normal_(matrix, std=(2 * config["num_hidden_layers"] * matrix.shape[1]) ** -0.5)

    def forward(self, ids: Tensor, segments: Tensor, numerics: Numerics) -> Tensor:
        cos, sin = self._angles(ids.shape[1])
        step = Step(_mask(segments), cos, sin, numerics)
        table = numerics.weights(self.model.embed_tokens.weight)
        x = F.embedding(ids, table)
        for layer in self.model.layers:
            x = layer(x, step)
        return F.linear(numerics.activations(self.model.norm(x)), table)

    def _angles(self, tokens: int) -> tuple[Tensor, Tensor]:
        width = self.config["head_dim"]
        angles = torch.arange(tokens)[:, None] / self.config["rope_theta"] ** (
            torch.arange(0, width, 2) / width
        )
        return angles.cos()[:, None], angles.sin()[:, None]


def _mask(segments: Tensor) -> Tensor:
    """A token sees itself and what precedes it in its own segment."""
    tokens = torch.arange(segments.shape[1])
    return ((segments[:, :, None] == segments[:, None]) & (tokens[:, None] >= tokens))[:, None]


def _rotate(x: Tensor, step: Step) -> Tensor:
    """Half-split rotary embedding of x [B, T, heads, head_dim]."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * step.cos - second * step.sin, second * step.cos + first * step.sin], dim=-1)
