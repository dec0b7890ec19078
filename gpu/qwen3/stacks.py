"""Which checkpoint tensors become which matrix on the device, and in which format a scheme holds them.

Matrices that read the same activations are stacked: q, k and v; gate and up. One dispatch then serves them.
Rows of gate and up take turns, so that what a channel of the MLP needs comes out side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gpu.activations import BLOCK
from gpu.errors import ConfigError, SchemeError
from gpu.formats.blocks import WEIGHT_GROUPS
from gpu.formats.granularity import Granularity
from gpu.kernels.heads import CHUNK, MAX_HEAD_DIM
from gpu.kernels.quantize import blocks_per_scale
from gpu.layouts import MatrixSpec
from gpu.qwen3.config import Qwen3Config
from gpu.scheme import Scheme

EMBEDDING = "model.embed_tokens.weight"
HEAD = "lm_head.weight"
FINAL_NORM = "model.norm.weight"
_INTEGER_FORMATS = {4: "q4", 8: "q8"}
DtypeOf = Callable[[str], str]


@dataclass(frozen=True)
class Stack:
    """A matrix and the tensors stacked in it: top to bottom or, where `interleaved`, row by row in turn."""

    spec: MatrixSpec
    tensors: tuple[str, ...]
    interleaved: bool = False


@dataclass(frozen=True)
class LayerStacks:
    """The four matrices of a decoder layer."""

    qkv: Stack
    o: Stack
    gate_up: Stack
    down: Stack


@dataclass(frozen=True)
class ModelStacks:
    """Every matrix of a model. A tied head is the embedding itself."""

    embedding: Stack
    layers: tuple[LayerStacks, ...]
    head: Stack

    def all(self) -> tuple[Stack, ...]:
        """Each matrix once, in the order in which checkpoints hold them."""
        of_layers = (s for layer in self.layers for s in (layer.qkv, layer.o, layer.gate_up, layer.down))
        head = () if self.head is self.embedding else (self.head,)
        return (self.embedding, *of_layers, *head)


def check_supported(config: Qwen3Config, scheme: Scheme) -> None:
    """Raise unless this engine runs such a model under such a scheme.

    Raises:
        ConfigError: the model has experts, or heads of a size that the attention kernel does not take.
        SchemeError: a weight format, method, granularity or combination this engine does not have.
    """
    if config.is_moe:
        raise ConfigError("Mixture-of-experts models are not supported yet; choose a dense Qwen3.")
    if config.head_dim > MAX_HEAD_DIM or config.head_dim % CHUNK:
        raise ConfigError(
            f"head_dim is {config.head_dim}; only multiples of {CHUNK} up to {MAX_HEAD_DIM} can run."
        )
    if scheme.weight_bits not in (*_INTEGER_FORMATS, 16):
        raise SchemeError(f"{scheme} cannot run: weights run at 4, 8 or 16 bits.")
    if scheme.weight_bits == 16 and scheme.activation_bits != 16:
        raise SchemeError(f"{scheme} cannot run: quantized activations need weights of 4 or 8 bits.")
    if scheme.group not in WEIGHT_GROUPS:
        raise SchemeError(f"{scheme} cannot run: weights run in groups of 32, 64 or 128.")
    if scheme.method != "rtn":
        raise SchemeError(
            f"{scheme} cannot run: the method '{scheme.method}' is not there yet; leave it out."
        )
    if scheme.kv_bits not in (16, 32):
        raise SchemeError(f"{scheme} cannot run: the key-value cache runs at 16 or 32 bits.")
    if Granularity.of_activations(scheme.granularity).kind == "block":
        blocks_per_scale(scheme.granularity)


def stack_model(config: Qwen3Config, scheme: Scheme, dtype_of: DtypeOf) -> ModelStacks:
    """Lay out a dense model; `dtype_of` gives a checkpoint tensor's dtype, which W16 keeps."""
    shapes = config.tensor_shapes()

    def stack(name: str, *tensors: str, interleaved: bool = False) -> Stack:
        fmt = _INTEGER_FORMATS.get(scheme.weight_bits) or _common_dtype([dtype_of(t) for t in tensors])
        group = scheme.group if scheme.weight_bits < 16 else BLOCK
        rows = tuple(shapes[tensor][0] for tensor in tensors)
        part_rows = (sum(rows),) if interleaved else rows
        return Stack(MatrixSpec(name, part_rows, shapes[tensors[0]][1], fmt, group), tensors, interleaved)

    def layer(i: int) -> LayerStacks:
        attention, mlp = f"model.layers.{i}.self_attn", f"model.layers.{i}.mlp"
        return LayerStacks(
            stack(
                f"layers.{i}.qkv", *(f"{attention}.{part}.weight" for part in ("q_proj", "k_proj", "v_proj"))
            ),
            stack(f"layers.{i}.o", f"{attention}.o_proj.weight"),
            stack(
                f"layers.{i}.gate_up", f"{mlp}.gate_proj.weight", f"{mlp}.up_proj.weight", interleaved=True
            ),
            stack(f"layers.{i}.down", f"{mlp}.down_proj.weight"),
        )

    embedding = stack("embedding", EMBEDDING)
    head = embedding if config.tie_word_embeddings else stack("head", HEAD)
    return ModelStacks(embedding, tuple(layer(i) for i in range(config.num_hidden_layers)), head)


def _common_dtype(dtypes: list[str]) -> str:
    """The dtype all tensors of a stack share, or f32, which holds any of them exactly."""
    return dtypes[0] if len(set(dtypes)) == 1 else "f32"
