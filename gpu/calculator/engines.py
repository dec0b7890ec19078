"""The same model in other engines: their published rules and overheads as formulas, never as exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gpu.budget import Term, kv_extent
from gpu.calculator.gguf_sizes import gguf_terms
from gpu.calculator.inputs import CalculatorInputs
from gpu.extent import Extent
from gpu.model_shape import MatrixKind, ModelShape

MIB = 2**20
_BEYOND_WIDTHS = 0.10  # on top of a band where the widths of the layers are not known


@dataclass(frozen=True)
class OtherEngine:
    """`error` is the band as a share: what it was seen to take lies within ± this of the formula."""

    key: str
    title: str
    source: str
    error: float
    terms: Callable[[CalculatorInputs], tuple[Term, ...]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class OtherEstimate:
    """What another engine would take, all terms labelled "estimated"."""

    engine: OtherEngine
    terms: tuple[Term, ...]
    error: float

    @property
    def total_bytes(self) -> int:
        return sum(term.size_bytes for term in self.terms)

    @property
    def low_bytes(self) -> int:
        return round(self.total_bytes * (1 - self.error))

    @property
    def high_bytes(self) -> int:
        return round(self.total_bytes * (1 + self.error))


def what_if(engine: OtherEngine, inputs: CalculatorInputs) -> OtherEstimate:
    """The model, context and requests of `inputs` in another engine, with that engine's own weights."""
    known = inputs.subject.config is not None
    return OtherEstimate(engine, engine.terms(inputs), engine.error + (0.0 if known else _BEYOND_WIDTHS))


def llama_cpp_terms(inputs: CalculatorInputs) -> tuple[Term, ...]:
    """An untied embedding stays in system memory. Contexts are whole 256 tokens; one pass of 512 tokens keeps
    its logits and one hidden state in f32."""
    shape = inputs.subject.shape
    held = [term for term in gguf_terms(shape, "Q4_K_M") if not _is_lookup(shape, term)]
    terms = [*held, _cache(inputs, step=256)]
    for vocabulary, hidden in _widths(shape):
        terms.append(_workspace("logits of a pass", tokens=512, vocabulary=vocabulary))
        terms.append(_workspace("hidden state of a pass", tokens=512, channels=hidden))
    return tuple(terms)


def vllm_awq_terms(inputs: CalculatorInputs) -> tuple[Term, ...]:
    """Matrices of the layers at 4 bits in groups of 128 with zero points, the rest at 16. Caches come in
    blocks of 16 tokens. A profiling pass of 2,048 tokens and 256 rows of f32 logits set the peak; CUDA graphs
    and libraries take about a GiB."""
    shape = inputs.subject.shape
    terms = [*awq_weight_terms(shape), _cache(inputs, step=16, least_bits=8)]
    for vocabulary, _ in _widths(shape):
        terms.append(_workspace("logits of the sampler", rows=256, vocabulary=vocabulary, copies=2))
    terms += _activations(shape, tokens=2048)
    return (*terms, _stated("CUDA graphs and libraries", 1024 * MIB))


def mlx_terms(inputs: CalculatorInputs) -> tuple[Term, ...]:
    """Every matrix, the embedding included, at 4 bits in groups of 64 with a 16-bit scale and bias. Caches
    grow by 256 tokens, prompts are read 512 tokens at a time, and freed buffers are kept for later."""
    shape = inputs.subject.shape
    terms = [term for matrix in shape.matrices for term in _grouped(matrix, 64, 32)]
    terms += [_norms(shape), _cache(inputs, step=256), *_activations(shape, tokens=512)]
    return (*terms, _stated("buffers kept for later", 400 * MIB))


def awq_weight_terms(shape: ModelShape) -> tuple[Term, ...]:
    """What AutoAWQ writes: 4-bit matrices of the layers in groups of 128 with f16 scales and 4-bit zero
    points; embedding, head and routers at 16 bits, norms too."""
    terms = [
        term
        for matrix in shape.matrices
        for term in (_grouped(matrix, 128, 20) if _is_linear(matrix) else [_halves(matrix)])
    ]
    return (*terms, _norms(shape))


OTHER_ENGINES = (
    OtherEngine(
        "llama.cpp",
        "llama.cpp · GGUF Q4_K_M",
        "file types: llama.cpp's quantizer; compute buffer: its logs, 512 tokens a pass with flash attention",
        0.05,
        llama_cpp_terms,
        (
            "Publishers choose types of their own: where you have the file, its size is the better figure.",
            "Without flash attention the compute buffer grows with the context.",
            "The driver's own memory (CUDA: 300 to 500 MB) comes on top.",
        ),
    ),
    OtherEngine(
        "vllm",
        "vLLM · AWQ",
        "AutoAWQ's GEMM layout; vLLM's defaults (2,048 tokens a batch, 256 sequences, blocks of 16 tokens)",
        0.15,
        vllm_awq_terms,
        (
            "vLLM takes 90% of the card in any case and gives the rest to its cache: this is what it needs.",
            "CUDA graphs and libraries are a typical figure, not a formula.",
        ),
    ),
    OtherEngine(
        "mlx",
        "MLX · 4-bit",
        "mlx-lm's affine quantization in groups of 64, its cache step; buffers: published peaks of 4B and 8B",
        0.12,
        mlx_terms,
        ("MLX shares the system's memory, and what it keeps of freed buffers swings.",),
    ),
)


def _grouped(matrix: MatrixKind, group: int, group_bits: int) -> Iterator[Term]:
    """4-bit codes, and what every group of them takes besides."""
    rows = {"matrices": matrix.count} if matrix.count > 1 else {}
    groups = -(-matrix.columns // group)
    codes = Extent.of(4, **rows, rows=matrix.rows, columns=matrix.columns)
    scales = Extent.of(group_bits, **rows, rows=matrix.rows, groups=groups)
    yield Term.of(matrix.name, "weights", codes, "estimated")
    yield Term.of(matrix.name, "scales", scales, "estimated")


def _halves(matrix: MatrixKind) -> Term:
    rows = {"matrices": matrix.count} if matrix.count > 1 else {}
    extent = Extent.of(16, **rows, rows=matrix.rows, columns=matrix.columns)
    return Term.of(matrix.name, "weights", extent, "estimated")


def _norms(shape: ModelShape) -> Term:
    return Term.of("norms", "norms", Extent.of(16, values=shape.norm_values), "estimated")


def _cache(inputs: CalculatorInputs, step: int, least_bits: int = 4) -> Term:
    """At 16 bits where this engine would hold 32, of contexts in whole steps."""
    bits = max(least_bits, min(16, inputs.scheme.kv_bits))
    tokens = -(-inputs.context_tokens // step) * step
    extent = kv_extent(inputs.subject.shape, bits, tokens, inputs.requests)
    return Term.of("keys and values", "kv_cache", extent, "estimated")


def _workspace(name: str, **factors: int) -> Term:
    return Term.of(name, "workspace", Extent.of(32, **factors), "estimated")


def _activations(shape: ModelShape, tokens: int) -> list[Term]:
    """The widest of a pass, at 16 bits: gate, up and their product."""
    if (inner := _widest(shape)) is None:
        return []
    extent = Extent.of(16, tokens=tokens, gate_up_and_product=3, channels=inner)
    return [Term.of("activations of a pass", "workspace", extent, "estimated")]


def _stated(name: str, size_bytes: int) -> Term:
    return Term(name, "driver", size_bytes, f"{size_bytes} B", "bytes", "estimated")


def _widths(shape: ModelShape) -> list[tuple[int, int]]:
    """(vocabulary, hidden) of the head, if there is one."""
    return [(matrix.rows, matrix.columns) for matrix in shape.matrices if matrix.role == "head"]


def _widest(shape: ModelShape) -> int | None:
    """Inner channels of the MLP; of experts, those of all that a token chooses."""
    widths = [
        matrix.columns * max(1, matrix.active // shape.layers)
        for matrix in shape.matrices
        if matrix.name.endswith("down_proj")
    ]
    return max(widths, default=None)


def _is_linear(matrix: MatrixKind) -> bool:
    return matrix.role == "layer" and matrix.is_quantized


def _is_lookup(shape: ModelShape, term: Term) -> bool:
    names = [matrix.name for matrix in shape.matrices if matrix.role == "lookup"]
    return any(term.name.startswith(f"{name} ") for name in names)
