"""Terms of a memory budget, and those of a model of which nothing but the shape is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gpu.extent import Extent
from gpu.formats.granularity import WORD_BLOCK
from gpu.model_shape import MatrixKind, ModelShape
from gpu.purposes import PURPOSES as LEDGER_PURPOSES
from gpu.scheme import Scheme

SCALE_BITS = 16
NORM_BITS = 32
DEFAULT_CONTEXT_TOKENS = 4096
MOST_CONTEXT_TOKENS = 2**30
MOST_REQUESTS = 1_000_000
MOST_BYTES = 2**60
PURPOSES = (*LEDGER_PURPOSES, "adapters", "driver", "display", "other_programs")
Label = Literal["exact", "measured", "estimated"]


@dataclass(frozen=True)
class Term:
    """One summand of a budget.

    `purpose` is one of `PURPOSES`. `formula` has the numbers put in, such as "2 · 36 · 8 · 128 · 8192 · 2 B",
    and `symbols` their names. `label`: "exact" is what the ledger will say. `parts` are single
    buffers.
    """

    name: str
    purpose: str
    size_bytes: int
    formula: str
    symbols: str
    label: Label
    parts: tuple[Term, ...] = ()

    @classmethod
    def of(cls, name: str, purpose: str, extent: Extent, label: Label, size_bytes: int | None = None) -> Term:
        """What an extent takes, or `size_bytes` where padding adds to it."""
        size = extent.size_bytes if size_bytes is None else size_bytes
        return cls(name, purpose, size, extent.formula(size), extent.symbols(size), label)


def shape_terms(
    shape: ModelShape, scheme: Scheme, context_tokens: int, requests: int, stored_bits: int
) -> tuple[Term, ...]:
    """Weights, scales, norms and cache by the textbook, for models that this engine does not know."""
    terms = [term for matrix in shape.matrices for term in matrix_terms(matrix, scheme, stored_bits)]
    if shape.norm_values:
        norms = Extent.of(NORM_BITS, values=shape.norm_values)
        terms.append(Term.of("norms", "norms", norms, "estimated"))
    cache = kv_extent(shape, scheme.kv_bits, context_tokens, requests)
    return (*terms, Term.of("keys and values", "kv_cache", cache, "estimated"))


def matrix_terms(matrix: MatrixKind, scheme: Scheme, stored_bits: int = 16) -> Iterator[Term]:
    """The codes and scales of one kind of matrix, or its values where they are not quantized."""
    rows = (
        (("matrices", matrix.count), ("rows", matrix.rows)) if matrix.count > 1 else (("rows", matrix.rows),)
    )
    if scheme.weight_bits == 16 or not matrix.is_quantized:
        values = Extent((*rows, ("columns", matrix.columns)), stored_bits)
        yield Term.of(matrix.name, "weights", values, "estimated")
        return
    groups = -(-matrix.columns // scheme.group)
    codes = Extent((*rows, ("columns", groups * scheme.group)), scheme.weight_bits)
    yield Term.of(matrix.name, "weights", codes, "estimated")
    yield Term.of(matrix.name, "scales", Extent((*rows, ("groups", groups)), SCALE_BITS), "estimated")


def kv_bytes_per_token(shape: ModelShape, kv_bits: int) -> int:
    """Key-value cache of one token of one request: 2 · layers · kv_heads · bytes of a head's vector."""
    return kv_extent(shape, kv_bits, tokens=1).size_bytes


def kv_extent(shape: ModelShape, kv_bits: int, tokens: int, requests: int = 1) -> Extent:
    """Key-value caches: values, or below 16 bits blocks of 32 codes with an f16 scale, as q8_0 and q4_0."""
    outer = {"keys_and_values": 2, "layers": shape.layers, "kv_heads": shape.kv_heads}
    inner = {"tokens": tokens, "requests": requests} if requests > 1 else {"tokens": tokens}
    if kv_bits >= 16:
        return Extent.of(kv_bits, **outer, head_dimension=shape.head_dim, **inner)
    blocks = -(-shape.head_dim // WORD_BLOCK)
    return Extent.of(WORD_BLOCK * kv_bits + SCALE_BITS, **outer, blocks=blocks, **inner)
