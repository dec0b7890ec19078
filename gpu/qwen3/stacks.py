"""Which checkpoint tensors become which matrix on the device, and in which format a scheme holds them.

Matrices that read the same activations are stacked: q, k and v; gate and up. One dispatch then serves them.
Rows of gate and up take turns, so that what a channel of the MLP needs comes out side by side. The experts of
a layer are stacked too, so that one dispatch can serve whichever of them a token chose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
_INTEGER_BITS = (4, 8)
DtypeOf = Callable[[str], str]


@dataclass(frozen=True)
class Stack:
    """A matrix and the tensors stacked in it: top to bottom or, where `interleaved`, row by row in turn
    (gate and up; of each expert its own)."""

    spec: MatrixSpec
    tensors: tuple[str, ...]
    interleaved: bool = False

    def turns(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """Tensors whose rows take turns, and how many rows each of them has, top to bottom."""
        if not self.interleaved and self.spec.experts == 1:
            yield from (((name,), rows) for name, rows in zip(self.tensors, self.spec.part_rows, strict=True))
            return
        rows = self.spec.rows // len(self.tensors)
        each = len(self.tensors) // self.spec.experts
        for first in range(0, len(self.tensors), each):
            yield self.tensors[first : first + each], rows


@dataclass(frozen=True)
class LayerStacks:
    """The matrices of a decoder layer. Where it has experts, gate_up and down hold all of them, one expert
    after the other, and the router [experts, hidden] chooses; it stays as the checkpoint has it."""

    qkv: Stack
    o: Stack
    gate_up: Stack
    down: Stack
    router: Stack | None = None

    def all(self) -> tuple[Stack, ...]:
        """In the order in which checkpoints hold them."""
        router = () if self.router is None else (self.router,)
        return (self.qkv, self.o, *router, self.gate_up, self.down)


@dataclass(frozen=True)
class ModelStacks:
    """Every matrix of a model. A tied head is the embedding itself."""

    embedding: Stack
    layers: tuple[LayerStacks, ...]
    head: Stack

    def all(self) -> tuple[Stack, ...]:
        """Each matrix once, in the order in which checkpoints hold them."""
        of_layers = (stack for layer in self.layers for stack in layer.all())
        head = () if self.head is self.embedding else (self.head,)
        return (self.embedding, *of_layers, *head)


def check_supported(config: Qwen3Config, scheme: Scheme) -> None:
    """Raise unless this engine runs such a model under such a scheme.

    Raises:
        ConfigError: the model has heads of a size that the attention kernel does not take.
        SchemeError: a weight format, method, granularity or combination this engine does not have.
    """
    if config.head_dim > MAX_HEAD_DIM or config.head_dim % CHUNK:
        raise ConfigError(
            f"head_dim is {config.head_dim}; only multiples of {CHUNK} up to {MAX_HEAD_DIM} can run."
        )
    if scheme.weight_bits not in (*_INTEGER_BITS, 16):
        raise SchemeError(f"{scheme} cannot run: weights run at 4, 8 or 16 bits.")
    if scheme.weight_bits == 16 and scheme.activation_bits != 16:
        raise SchemeError(f"{scheme} cannot run: quantized activations need weights of 4 or 8 bits.")
    if scheme.group not in WEIGHT_GROUPS:
        raise SchemeError(f"{scheme} cannot run: weights run in groups of 32, 64 or 128.")
    if scheme.method != "rtn":
        raise SchemeError(
            f"{scheme} cannot run: the method '{scheme.method}' is not there yet; leave it out."
        )
    if Granularity.of_activations(scheme.granularity).kind == "block":
        blocks_per_scale(scheme.granularity)
    elif config.is_moe:
        raise SchemeError(
            f"{scheme} cannot run: a mixture of experts takes activation scales of blocks only."
        )


def stack_model(config: Qwen3Config, scheme: Scheme, dtype_of: DtypeOf) -> ModelStacks:
    """Lay out a model; `dtype_of` gives a checkpoint tensor's dtype, which W16 keeps."""
    return _Stacker(config, scheme, dtype_of).model()


@dataclass(frozen=True)
class _Stacker:
    config: Qwen3Config
    scheme: Scheme
    dtype_of: DtypeOf

    def model(self) -> ModelStacks:
        c = self.config
        embedding = self._stack("embedding", (EMBEDDING,), (c.vocab_size,), c.hidden_size)
        layers = tuple(self._layer(i) for i in range(c.num_hidden_layers))
        head = embedding
        if not c.tie_word_embeddings:
            head = self._stack("head", (HEAD,), (c.vocab_size,), c.hidden_size)
        return ModelStacks(embedding, layers, head)

    def _layer(self, i: int) -> LayerStacks:
        c, attention = self.config, f"model.layers.{i}.self_attn"
        queries, keys = c.num_attention_heads * c.head_dim, c.num_key_value_heads * c.head_dim
        qkv = tuple(f"{attention}.{part}_proj.weight" for part in "qkv")
        mlp = self._experts(i) if c.is_moe_layer(i) else self._mlp(i)
        return LayerStacks(
            self._stack(f"layers.{i}.qkv", qkv, (queries, keys, keys), c.hidden_size),
            self._stack(f"layers.{i}.o", (f"{attention}.o_proj.weight",), (c.hidden_size,), queries),
            *mlp,
        )

    def _mlp(self, i: int) -> tuple[Stack, Stack]:
        c, prefix = self.config, f"model.layers.{i}.mlp"
        inner, gate_up = c.intermediate_size, tuple(f"{prefix}.{part}_proj.weight" for part in ("gate", "up"))
        return (
            self._stack(f"layers.{i}.gate_up", gate_up, (2 * inner,), c.hidden_size, interleaved=True),
            self._stack(f"layers.{i}.down", (f"{prefix}.down_proj.weight",), (c.hidden_size,), inner),
        )

    def _experts(self, i: int) -> tuple[Stack, Stack, Stack]:
        c, count, prefix = self.config, self.config.num_experts, f"model.layers.{i}.mlp"
        inner, each = c.moe_intermediate_size, [f"{prefix}.experts.{e}" for e in range(count)]
        gate_up = tuple(f"{expert}.{part}_proj.weight" for expert in each for part in ("gate", "up"))
        down = tuple(f"{expert}.down_proj.weight" for expert in each)
        name = f"layers.{i}.experts"
        up_rows, down_rows = (count * 2 * inner,), (count * c.hidden_size,)
        return (
            self._stack(f"{name}.gate_up", gate_up, up_rows, c.hidden_size, interleaved=True, experts=count),
            self._stack(f"{name}.down", down, down_rows, inner, experts=count),
            self._kept(f"layers.{i}.router", f"{prefix}.gate.weight", count, c.hidden_size),
        )

    def _stack(
        self,
        name: str,
        tensors: tuple[str, ...],
        part_rows: tuple[int, ...],
        columns: int,
        *,
        interleaved: bool = False,
        experts: int = 1,
    ) -> Stack:
        if self.scheme.weight_bits < 16:
            spec = MatrixSpec(
                name, part_rows, columns, f"q{self.scheme.weight_bits}", self.scheme.group, experts
            )
        else:
            dtype = _common_dtype({self.dtype_of(tensor) for tensor in tensors})
            spec = MatrixSpec(name, part_rows, columns, dtype, experts=experts)
        return Stack(spec, tensors, interleaved)

    def _kept(self, name: str, tensor: str, rows: int, columns: int) -> Stack:
        """A matrix that no scheme quantizes."""
        return Stack(MatrixSpec(name, (rows,), columns, self.dtype_of(tensor)), (tensor,))


def _common_dtype(dtypes: set[str]) -> str:
    """The dtype all tensors of a stack share, or f32, which holds any of them exactly."""
    return dtypes.pop() if len(dtypes) == 1 else "f32"
