"""What a config.json says about rotary positions, in its old and its new form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gpu.qwen3.config_fields import Fields, shown

DEFAULT_ROPE_THETA = 10_000.0


@dataclass(frozen=True)
class RopeScaling:
    """How rotary positions are stretched beyond the trained context; gpu/qwen3/rope.py has the formulas.

    `attention_factor` multiplies cos and sin; None means what `rope_type` implies.
    """

    rope_type: str = "default"
    factor: float = 1.0
    original_max_position_embeddings: int = 0
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    attention_factor: float | None = None
    truncate: bool = True


def _rope_fields(fields: Fields) -> Fields:
    """The new `rope_parameters` or the old `rope_scaling`; of both, the old one wins, as in transformers."""
    old = fields.table("rope_scaling")
    rope = old if old.values else fields.table("rope_parameters")
    if any(isinstance(value, Mapping) for value in rope.values.values()):
        raise fields.error("rope_parameters", "differs between layer types, which no Qwen3 model does")
    return rope


def read_rope_theta(fields: Fields) -> float:
    rope = _rope_fields(fields)
    return (rope if rope.has("rope_theta") else fields).number("rope_theta", DEFAULT_ROPE_THETA, above=1.0)


def read_rope_scaling(fields: Fields) -> RopeScaling:
    rope = _rope_fields(fields)
    rope_type = rope.get("rope_type") or rope.get("type") or "default"
    if rope_type not in ("default", "linear", "yarn"):
        raise fields.error(
            "rope_type", f"is {shown(rope_type)}, and only default, linear and yarn are supported"
        )
    if rope.number("partial_rotary_factor", 1.0) != 1.0 or fields.number("partial_rotary_factor", 1.0) != 1.0:
        raise fields.error("partial_rotary_factor", "is not 1, and Qwen3 rotates the whole head")
    if rope_type == "linear":
        return RopeScaling("linear", rope.number("factor"))
    return _yarn(fields, rope) if rope_type == "yarn" else RopeScaling()


def _yarn(fields: Fields, rope: Fields) -> RopeScaling:
    longest = fields.integer("max_position_embeddings", 32_768)
    original = (fields if fields.has("original_max_position_embeddings") else rope).integer(
        "original_max_position_embeddings", longest
    )
    factor = rope.number("factor", longest / original)
    return RopeScaling(
        rope_type="yarn",
        factor=factor,
        original_max_position_embeddings=original,
        beta_fast=rope.number("beta_fast", 32.0),
        beta_slow=rope.number("beta_slow", 1.0),
        attention_factor=_attention_factor(rope, factor),
        truncate=rope.flag("truncate", True),
    )


def _attention_factor(rope: Fields, factor: float) -> float | None:
    if rope.has("attention_factor"):
        return rope.number("attention_factor")
    if not (rope.get("mscale") and rope.get("mscale_all_dim")):
        return None
    return yarn_mscale(factor, rope.number("mscale")) / yarn_mscale(factor, rope.number("mscale_all_dim"))


def yarn_mscale(factor: float, mscale: float = 1.0) -> float:
    """YaRN's attention temperature, arXiv 2309.00071 eq. 22: 0.1 · mscale · ln(factor) + 1, at least 1."""
    return 1.0 if factor <= 1 else 0.1 * mscale * math.log(factor) + 1.0
