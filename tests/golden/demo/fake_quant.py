"""Quantize and dequantize in torch, with straight-through gradients.

Weights: Q4_0 (d = signed largest / -8, q = min(15, trunc(w/d + 8.5)), f16 scales) or Q8 in groups of 32.
Activations: symmetric integers, one scale to 32 values or one to the whole tensor, half away from zero.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

GROUP = 32


@dataclass(frozen=True)
class Numerics:
    """What a linear layer computes with: `W4A8` is (4, 8), `W8A8@tensor` is (8, 8, True)."""

    weight_bits: int
    activation_bits: int
    per_tensor: bool = False

    def weights(self, weight: Tensor) -> Tensor:
        """`weight` [..., in] as its integers decode, gradients passing through."""
        if self.weight_bits == 16:
            return weight
        groups = weight.detach().float().unflatten(-1, (-1, GROUP))
        decoded = _q4(groups) if self.weight_bits == 4 else _symmetric(groups, 127)
        return weight + (decoded.flatten(-2) - weight).detach()

    def activations(self, x: Tensor) -> Tensor:
        """`x` [..., in] as its integers decode, gradients passing through."""
        if self.activation_bits == 16:
            return x
        values = x.detach().float()
        grouped = values.flatten() if self.per_tensor else values.unflatten(-1, (-1, GROUP))
        decoded = _symmetric(grouped, 2 ** (self.activation_bits - 1) - 1).reshape(x.shape)
        return x + (decoded - x).detach()


def _q4(groups: Tensor) -> Tensor:
    largest = groups.gather(-1, groups.abs().argmax(-1, keepdim=True))
    scale = largest / -8
    inverse = torch.where(scale == 0, 0.0, 1 / scale)
    codes = (groups * inverse + 8.5).trunc().clamp(0, 15)
    return (codes - 8) * scale.half().float()


def _symmetric(groups: Tensor, top: int) -> Tensor:
    scale = groups.abs().amax(-1, keepdim=True) / top
    ratio = groups * torch.where(scale == 0, 0.0, 1 / scale)
    codes = (ratio.abs() + 0.5).floor() * ratio.sign()
    return codes * scale
