"""Rotary position tables, with the frequencies and the precision of transformers' modeling_rope_utils.

A head's channel pair i (channels i and i + head_dim/2) turns by position · f_i, f_i = theta^(−2i/head_dim).
Linear scaling divides every f_i by `factor`. YaRN (arXiv 2309.00071) divides only the slow ones, with a ramp
between the pairs that turn `beta_fast` and `beta_slow` times over the original context.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from gpu.qwen3.config import Qwen3Config, RopeScaling
from gpu.qwen3.rope_scaling import yarn_mscale

F32 = npt.NDArray[np.float32]
RAMP_SINGULARITY = 0.001


def rope_table(config: Qwen3Config, positions: int) -> F32:
    """cos and sin of every angle: float32 [positions, head_dim], each row's first half cos, its second sin.

    The attention factor is multiplied in. Angles are rounded to f32, because models are trained with them so:
    at position 100,000 that moves them by up to 0.004.
    """
    steps = np.arange(positions, dtype=np.float32)
    angles = (steps[:, None] * inverse_frequencies(config)).astype(np.float64)  # [positions, head_dim/2]
    table = np.concatenate((np.cos(angles), np.sin(angles)), axis=1).astype(np.float32)
    return table * np.float32(attention_factor(config.rope_scaling))


def inverse_frequencies(config: Qwen3Config) -> F32:
    """Radians per position of every channel pair: float32 [head_dim / 2]."""
    periods = _periods(config)
    scaling = config.rope_scaling
    if scaling.rope_type == "yarn":
        return _yarn_frequencies(config, periods)
    return np.float32(1) / periods / np.float32(scaling.factor)


def attention_factor(scaling: RopeScaling) -> float:
    """What cos and sin are multiplied by; attention scores grow by its square."""
    if scaling.attention_factor is not None:
        return scaling.attention_factor
    return yarn_mscale(scaling.factor) if scaling.rope_type == "yarn" else 1.0


def _periods(config: Qwen3Config) -> F32:
    """theta^(2i/head_dim): the positions per radian of every channel pair."""
    exponents = np.arange(0, config.head_dim, 2, dtype=np.float32) / np.float32(config.head_dim)
    # Powers in f64, rounded once: f32 powers differ in their last bit between platforms.
    return np.power(np.float64(config.rope_theta), exponents.astype(np.float64)).astype(np.float32)


def _yarn_frequencies(config: Qwen3Config, periods: F32) -> F32:
    low, high = _ramp_ends(config)
    pairs = np.arange(config.head_dim // 2, dtype=np.float32)
    stretched = np.clip((pairs - np.float32(low)) / np.float32(high - low), 0, 1)
    kept = np.float32(1) - stretched
    slow = np.float32(1) / (np.float32(config.rope_scaling.factor) * periods)
    frequencies: F32 = slow * (np.float32(1) - kept) + np.float32(1) / periods * kept
    return frequencies


def _ramp_ends(config: Qwen3Config) -> tuple[float, float]:
    """The pairs at which stretching sets in and is complete."""
    scaling = config.rope_scaling
    low = _pair_of_turns(config, scaling.beta_fast)
    high = _pair_of_turns(config, scaling.beta_slow)
    if scaling.truncate:
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, config.head_dim - 1)
    return low, high + RAMP_SINGULARITY if high == low else high


def _pair_of_turns(config: Qwen3Config, turns: float) -> float:
    """The (fractional) pair that turns `turns` times over the original context."""
    original = config.rope_scaling.original_max_position_embeddings
    logarithm = math.log(original / (turns * 2 * math.pi))
    return config.head_dim * logarithm / (2 * math.log(config.rope_theta))
