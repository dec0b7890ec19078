"""A model's weights on the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpu.activations import BLOCK, blocks_of
from gpu.device import Gpu
from gpu.extent import Extent
from gpu.layouts import DeviceMatrix, allocate_matrix
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.stacks import FINAL_NORM, ModelStacks, Stack


@dataclass(frozen=True)
class LayerWeights:
    """One decoder layer: matrices and norm gains (f32, padded to whole blocks). A layer with experts has a
    router, and all experts in gate_up and down."""

    qkv: DeviceMatrix
    o: DeviceMatrix
    gate_up: DeviceMatrix
    down: DeviceMatrix
    input_norm: Any
    q_norm: Any
    k_norm: Any
    post_attention_norm: Any
    router: DeviceMatrix | None = None


@dataclass(frozen=True)
class Weights:
    """All of a model; `by_stack` finds the device matrix of a stack, `gains` the buffer of a norm."""

    embedding: DeviceMatrix
    layers: tuple[LayerWeights, ...]
    final_norm: Any
    head: DeviceMatrix
    by_stack: dict[str, DeviceMatrix]
    gains: dict[str, Any]


def allocate_weights(gpu: Gpu, config: Qwen3Config, stacks: ModelStacks, layout: str) -> Weights:
    """Room for every matrix in `layout` and every norm gain, not yet filled."""
    by_stack = {s.spec.name: allocate_matrix(gpu, s.spec, layout) for s in stacks.all()}
    gains = {
        name: gpu.ledger.buffer(name, "norms", Extent.of(32, values=blocks_of(width) * BLOCK))
        for name, width in config.norm_widths().items()
    }

    def matrix(stack: Stack) -> DeviceMatrix:
        return by_stack[stack.spec.name]

    layers = tuple(
        LayerWeights(
            matrix(layer.qkv),
            matrix(layer.o),
            matrix(layer.gate_up),
            matrix(layer.down),
            gains[f"model.layers.{i}.input_layernorm.weight"],
            gains[f"model.layers.{i}.self_attn.q_norm.weight"],
            gains[f"model.layers.{i}.self_attn.k_norm.weight"],
            gains[f"model.layers.{i}.post_attention_layernorm.weight"],
            None if layer.router is None else matrix(layer.router),
        )
        for i, layer in enumerate(stacks.layers)
    )
    return Weights(matrix(stacks.embedding), layers, gains[FINAL_NORM], matrix(stacks.head), by_stack, gains)
