"""The shape of a Qwen3 model, read from the config.json of a checkpoint."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpu.errors import RequestError
from gpu.qwen3.config_fields import Fields, shown
from gpu.qwen3.rope_scaling import DEFAULT_ROPE_THETA, RopeScaling, read_rope_scaling, read_rope_theta

ARCHITECTURES = ("qwen3", "qwen3_moe")
DEFAULT_HEAD_DIM = 128
MAX_LAYERS = 1024
MAX_EXPERTS = 1024

__all__ = ["Qwen3Config", "RopeScaling"]

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Qwen3Config:
    """Field names and defaults are those of Hugging Face transformers' Qwen3Config and Qwen3MoeConfig.

    The expert counts of a dense model are 0. `sliding_window` is None where it is switched off; otherwise it
    limits the layers from `max_window_layers` on.
    """

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    rms_norm_eps: float = 1e-6
    rope_theta: float = DEFAULT_ROPE_THETA
    rope_scaling: RopeScaling = field(default_factory=RopeScaling)
    max_position_embeddings: int = 32_768
    tie_word_embeddings: bool = False
    sliding_window: int | None = None
    max_window_layers: int = 28
    eos_token_ids: tuple[int, ...] = ()
    num_experts: int = 0
    num_experts_per_tok: int = 0
    moe_intermediate_size: int = 0
    decoder_sparse_step: int = 1
    mlp_only_layers: tuple[int, ...] = ()
    norm_topk_prob: bool = False

    @classmethod
    def from_dict(cls, d: Mapping[str, Any], source: Path | str) -> Qwen3Config:
        """Read a config.json that has been parsed; `source` is what messages call it.

        Raises:
            ConfigError: the architecture is not Qwen3, or a field is missing, malformed or contradictory.
        """
        fields = Fields(d, source)
        _check_architecture(fields)
        heads = fields.integer("num_attention_heads")
        config = cls(
            hidden_size=fields.integer("hidden_size"),
            intermediate_size=fields.integer("intermediate_size"),
            num_hidden_layers=fields.integer("num_hidden_layers", most=MAX_LAYERS),
            num_attention_heads=heads,
            num_key_value_heads=_key_value_heads(fields, heads),
            head_dim=_head_dim(fields),
            vocab_size=fields.integer("vocab_size"),
            rms_norm_eps=fields.number("rms_norm_eps", 1e-6),
            rope_theta=read_rope_theta(fields),
            rope_scaling=read_rope_scaling(fields),
            max_position_embeddings=fields.integer("max_position_embeddings", 32_768),
            tie_word_embeddings=fields.flag("tie_word_embeddings", False),
            sliding_window=_sliding_window(fields),
            max_window_layers=fields.integer("max_window_layers", 28, least=0),
            eos_token_ids=fields.integers("eos_token_id"),
            **_expert_fields(fields),
        )
        _check_layer_types(fields, config)
        return config

    @property
    def is_moe(self) -> bool:
        return self.num_experts > 0

    def is_moe_layer(self, layer: int) -> bool:
        """Whether decoder layer `layer` routes to experts instead of having one MLP."""
        return (
            self.is_moe and layer not in self.mlp_only_layers and (layer + 1) % self.decoder_sparse_step == 0
        )

    def layer_window(self, layer: int) -> int | None:
        """How many newest positions layer `layer` attends to, itself included; None: all of them."""
        return self.sliding_window if layer >= self.max_window_layers else None

    def tensor_shapes(self) -> dict[str, Shape]:
        """Every tensor a checkpoint must hold, by its Hugging Face name; linear weights are [out, in]."""
        return dict(self._tensors())

    def norm_widths(self) -> dict[str, int]:
        """Values of every norm gain, by its Hugging Face name."""
        layers = range(self.num_hidden_layers)
        tensors = (item for i in layers for item in self._attention_tensors(f"model.layers.{i}"))
        widths = {name: shape[0] for name, shape in tensors if len(shape) == 1}
        return {**widths, "model.norm.weight": self.hidden_size}

    def check_ids(self, token_ids: Sequence[int]) -> None:
        """Raise `RequestError` for a token id this model has no embedding of."""
        wrong = next((i for i in token_ids if not 0 <= i < self.vocab_size), None)
        if wrong is not None:
            raise RequestError(f"Token id {wrong} is outside this model's vocabulary of {self.vocab_size:,}.")

    def parameter_count(self) -> int:
        """Parameters in total (all experts; a tied head counts once, as the embedding)."""
        return sum(math.prod(shape) for _, shape in self._tensors())

    def _tensors(self) -> Iterator[tuple[str, Shape]]:
        yield "model.embed_tokens.weight", (self.vocab_size, self.hidden_size)
        for layer in range(self.num_hidden_layers):
            prefix = f"model.layers.{layer}"
            yield from self._attention_tensors(prefix)
            if self.is_moe_layer(layer):
                yield from self._expert_tensors(f"{prefix}.mlp")
            else:
                yield from self._mlp_tensors(f"{prefix}.mlp", self.intermediate_size)
        yield "model.norm.weight", (self.hidden_size,)
        if not self.tie_word_embeddings:
            yield "lm_head.weight", (self.vocab_size, self.hidden_size)

    def _attention_tensors(self, prefix: str) -> Iterator[tuple[str, Shape]]:
        queries = self.num_attention_heads * self.head_dim
        keys = self.num_key_value_heads * self.head_dim
        yield f"{prefix}.input_layernorm.weight", (self.hidden_size,)
        yield f"{prefix}.self_attn.q_proj.weight", (queries, self.hidden_size)
        yield f"{prefix}.self_attn.k_proj.weight", (keys, self.hidden_size)
        yield f"{prefix}.self_attn.v_proj.weight", (keys, self.hidden_size)
        yield f"{prefix}.self_attn.q_norm.weight", (self.head_dim,)
        yield f"{prefix}.self_attn.k_norm.weight", (self.head_dim,)
        yield f"{prefix}.self_attn.o_proj.weight", (self.hidden_size, queries)
        yield f"{prefix}.post_attention_layernorm.weight", (self.hidden_size,)

    def _mlp_tensors(self, prefix: str, width: int) -> Iterator[tuple[str, Shape]]:
        yield f"{prefix}.gate_proj.weight", (width, self.hidden_size)
        yield f"{prefix}.up_proj.weight", (width, self.hidden_size)
        yield f"{prefix}.down_proj.weight", (self.hidden_size, width)

    def _expert_tensors(self, prefix: str) -> Iterator[tuple[str, Shape]]:
        yield f"{prefix}.gate.weight", (self.num_experts, self.hidden_size)
        for expert in range(self.num_experts):
            yield from self._mlp_tensors(f"{prefix}.experts.{expert}", self.moe_intermediate_size)


def _check_architecture(fields: Fields) -> None:
    model_type = fields.get("model_type")
    if model_type not in ARCHITECTURES:
        raise fields.error(
            "model_type", f"is {shown(model_type)}, and only {' and '.join(ARCHITECTURES)} are supported"
        )
    if fields.flag("attention_bias", False):
        raise fields.error(
            "attention_bias", "is true, and Qwen3 attention without bias is all that is supported"
        )
    if (activation := fields.get("hidden_act") or "silu") != "silu":
        raise fields.error("hidden_act", f"is {shown(activation)}, and only 'silu' is supported")


def _key_value_heads(fields: Fields, heads: int) -> int:
    if "num_key_value_heads" not in fields.values:
        raise fields.error("num_key_value_heads", "is missing")
    key_value_heads = fields.integer("num_key_value_heads", heads)
    if heads % key_value_heads:
        raise fields.error(
            "num_attention_heads", f"({heads}) must be a multiple of num_key_value_heads ({key_value_heads})"
        )
    return key_value_heads


def _head_dim(fields: Fields) -> int:
    # Qwen3Config defaults to 128; Qwen3MoeConfig has no default, and hidden/heads would be a wrong guess.
    default = DEFAULT_HEAD_DIM if fields.get("model_type") == "qwen3" else None
    head_dim = fields.integer("head_dim", default)
    if head_dim % 2:
        raise fields.error("head_dim", f"must be even for rotary positions, not {head_dim}")
    return head_dim


def _sliding_window(fields: Fields) -> int | None:
    if not fields.flag("use_sliding_window", False):
        return None
    if fields.get("model_type") == "qwen3_moe":
        raise fields.error("use_sliding_window", "is true, which is not supported for qwen3_moe")
    # An explicit null means no window; only a missing field means transformers' default.
    return (
        fields.integer("sliding_window", 4096) if fields.values.get("sliding_window", 0) is not None else None
    )


def _check_layer_types(fields: Fields, config: Qwen3Config) -> None:
    layer_types = fields.get("layer_types")
    windows = (config.layer_window(layer) for layer in range(config.num_hidden_layers))
    implied = ["full_attention" if window is None else "sliding_attention" for window in windows]
    if layer_types is not None and layer_types != implied:
        raise fields.error(
            "layer_types", "contradicts num_hidden_layers, use_sliding_window or max_window_layers"
        )


def _expert_fields(fields: Fields) -> dict[str, Any]:
    if fields.get("model_type") != "qwen3_moe":
        return {}
    experts = fields.integer(
        "num_local_experts" if fields.has("num_local_experts") else "num_experts", most=MAX_EXPERTS
    )
    return {
        "num_experts": experts,
        "num_experts_per_tok": fields.integer("num_experts_per_tok", most=experts),
        "moe_intermediate_size": fields.integer("moe_intermediate_size"),
        "decoder_sparse_step": fields.integer("decoder_sparse_step", 1),
        "mlp_only_layers": fields.integers("mlp_only_layers"),
        "norm_topk_prob": fields.flag("norm_topk_prob", False),
    }
