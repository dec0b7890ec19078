"""Pure arithmetic: how many bytes of GPU memory a model takes under a scheme, term by term."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from gpu.formats.granularity import WORD_BLOCK
from gpu.model_shape import MatrixKind, ModelShape, check_count
from gpu.scheme import Scheme

SCALE_BYTES = 2
NORM_BYTES = 4
MOST_CONTEXT_TOKENS = 2**30
MOST_BATCH = 1_000_000
MOST_BYTES = 2**60


@dataclass(frozen=True)
class Term:
    """One summand of a budget. `purpose` is the ledger's; `formula` has the numbers put in, such as
    "2 · 36 · 8 · 128 · 8192 · 2 B"."""

    purpose: str
    name: str
    size_bytes: int
    formula: str


@dataclass(frozen=True)
class Budget:
    """What a model needs for `batch` requests of `context_tokens` each."""

    scheme: Scheme
    context_tokens: int
    batch: int
    kv_bytes_per_token: int
    terms: tuple[Term, ...]

    def bytes_for(self, purpose: str) -> int:
        return sum(term.size_bytes for term in self.terms if term.purpose == purpose)

    @property
    def weights_bytes(self) -> int:
        """Packed codes, or 16-bit matrices."""
        return self.bytes_for("weights")

    @property
    def scales_bytes(self) -> int:
        return self.bytes_for("scales")

    @property
    def other_weights_bytes(self) -> int:
        """Norms, in float32."""
        return self.bytes_for("norms")

    @property
    def kv_cache_bytes(self) -> int:
        return self.bytes_for("kv_cache")

    @property
    def workspace_bytes(self) -> int:
        return self.bytes_for("workspace")

    @property
    def total_bytes(self) -> int:
        return sum(term.size_bytes for term in self.terms)

    def summary(self) -> dict[str, object]:
        """What the command line prints: JSON types only."""
        return {
            "scheme": str(self.scheme),
            "context_tokens": self.context_tokens,
            "batch": self.batch,
            "weights_bytes": self.weights_bytes,
            "scales_bytes": self.scales_bytes,
            "other_weights_bytes": self.other_weights_bytes,
            "kv_cache_bytes": self.kv_cache_bytes,
            "kv_bytes_per_token": self.kv_bytes_per_token,
            "workspace_bytes": self.workspace_bytes,
            "total_bytes": self.total_bytes,
            "terms": [
                {
                    "purpose": term.purpose,
                    "name": term.name,
                    "bytes": term.size_bytes,
                    "formula": term.formula,
                }
                for term in self.terms
            ],
        }


def plan(
    shape: ModelShape,
    scheme: Scheme,
    context_tokens: int,
    batch: int = 1,
    workspace_bytes: int = 0,
    unquantized_bits: int = 16,
) -> Budget:
    """Add up a budget. `unquantized_bits` are those of a value of the checkpoint, which W16 keeps.

    Raises:
        RequestError: a context or batch that is not positive, or absurdly large.
    """
    check_count("context tokens", context_tokens, MOST_CONTEXT_TOKENS)
    check_count("requests in a batch", batch, MOST_BATCH)
    terms = [term for matrix in shape.matrices for term in matrix_terms(matrix, scheme, unquantized_bits)]
    if shape.norm_values:
        formula = f"{shape.norm_values} · {NORM_BYTES} B"
        terms.append(Term("norms", "norms", shape.norm_values * NORM_BYTES, formula))
    terms.append(_kv_term(shape, scheme, context_tokens, batch))
    if workspace_bytes:
        terms.append(Term("workspace", "workspace", workspace_bytes, f"{workspace_bytes} B"))
    return Budget(scheme, context_tokens, batch, kv_bytes_per_token(shape, scheme), tuple(terms))


def matrix_terms(matrix: MatrixKind, scheme: Scheme, unquantized_bits: int = 16) -> Iterator[Term]:
    """The codes and scales of one kind of matrix, or its values where they are not quantized."""
    rows = f"{matrix.count} · {matrix.rows}"
    if scheme.weight_bits == 16 or not matrix.is_quantized:
        size = unquantized_bits // 8
        yield Term("weights", matrix.name, matrix.values * size, f"{rows} · {matrix.columns} · {size} B")
        return
    groups = -(-matrix.columns // scheme.group)
    padded = matrix.count * matrix.rows * groups * scheme.group
    yield Term(
        "weights",
        matrix.name,
        padded * scheme.weight_bits // 8,
        f"{rows} · {groups * scheme.group} · {scheme.weight_bits}/8 B",
    )
    scales = matrix.count * matrix.rows * groups * SCALE_BYTES
    yield Term("scales", matrix.name, scales, f"{rows} · {groups} · {SCALE_BYTES} B")


def kv_bytes_per_token(shape: ModelShape, scheme: Scheme) -> int:
    """Key-value cache of one token of one request: 2 · layers · kv_heads · bytes of a head's vector."""
    return 2 * shape.layers * shape.kv_heads * math.prod(_head_factors(shape.head_dim, scheme.kv_bits))


def _kv_term(shape: ModelShape, scheme: Scheme, context_tokens: int, batch: int) -> Term:
    values, unit_bytes = _head_factors(shape.head_dim, scheme.kv_bits)
    requests = "" if batch == 1 else f" · {batch}"
    return Term(
        "kv_cache",
        "keys and values",
        kv_bytes_per_token(shape, scheme) * context_tokens * batch,
        f"2 · {shape.layers} · {shape.kv_heads} · {values} · {context_tokens}{requests} · {unit_bytes} B",
    )


def _head_factors(head_dim: int, kv_bits: int) -> tuple[int, int]:
    """Bytes of one head's key or value, as pieces and bytes a piece: values, or below 16 bits blocks of 32
    codes with a float16 scale, as q8_0 and q4_0 are."""
    if kv_bits >= 16:
        return head_dim, kv_bits // 8
    return -(-head_dim // WORD_BLOCK), WORD_BLOCK * kv_bits // 8 + SCALE_BYTES
