"""How many bytes llama.cpp's file types take of a model, tensor by tensor, by its published rules.

Q4_K_M holds the head (or a tied embedding), and in about half of the layers the value and down projections,
as Q6_K and all other matrices as Q4_K; rows that are no whole 256 fall back to Q5_0 and Q8_0. Routers and
norms stay f32. Source: llama_tensor_get_type of llama.cpp's quantizer.
"""

from __future__ import annotations

from gpu.budget import Term
from gpu.extent import Extent
from gpu.model_shape import MatrixKind, ModelShape

# Bits and values of a block.
_BLOCKS = {
    "F32": (32, 1),
    "F16": (16, 1),
    "Q8_0": (34 * 8, 32),
    "Q5_0": (22 * 8, 32),
    "Q4_K": (144 * 8, 256),
    "Q6_K": (210 * 8, 256),
}
_FALLBACKS = {"Q4_K": "Q5_0", "Q6_K": "Q8_0", "Q8_0": "F16", "Q5_0": "F16"}
_SENSITIVE = ("v_proj", "down_proj")


def gguf_terms(shape: ModelShape, file_type: str) -> tuple[Term, ...]:
    """The tensors of a GGUF file of this type, without its few megabytes of metadata."""
    terms = [term for matrix in shape.matrices for term in _matrix_terms(shape, matrix, file_type)]
    if shape.norm_values:
        terms.append(Term.of("norms", "norms", Extent.of(32, values=shape.norm_values), "estimated"))
    return tuple(terms)


def gets_more_bits(layer: int, layers: int) -> bool:
    """The first and last eighth of the layers and every third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def _matrix_terms(shape: ModelShape, matrix: MatrixKind, file_type: str) -> list[Term]:
    if not matrix.is_quantized:
        return [_term(matrix, "F32", matrix.count)]
    if file_type != "Q4_K_M":
        return [_term(matrix, file_type, matrix.count)]
    if matrix.role == "head":
        return [_term(matrix, "Q6_K", matrix.count)]
    if matrix.name.rpartition(".")[2] not in _SENSITIVE:
        return [_term(matrix, "Q4_K", matrix.count)]
    layers = sum(gets_more_bits(i, shape.layers) for i in range(shape.layers))
    more = matrix.count * layers // shape.layers
    return [_term(matrix, kind, n) for kind, n in (("Q6_K", more), ("Q4_K", matrix.count - more)) if n]


def _term(matrix: MatrixKind, kind: str, count: int) -> Term:
    while matrix.columns % _BLOCKS[kind][1]:
        kind = _FALLBACKS[kind]
    bits, values = _BLOCKS[kind]
    rows = {"matrices": count} if count > 1 else {}
    extent = Extent.of(bits, **rows, rows=matrix.rows, blocks=matrix.columns // values)
    return Term.of(f"{matrix.name} ({kind})", "weights", extent, "estimated")
