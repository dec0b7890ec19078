"""What this engine would allocate, as terms: the allocator's own calls, made on a ledger that only counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gpu.budget import Term
from gpu.calculator.device_profile import DeviceProfile
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.planning import planning_gpu
from gpu.device import Gpu
from gpu.errors import ConfigError, SchemeError
from gpu.extent import Extent
from gpu.kit import PARAMETERS_BYTES
from gpu.qwen3.allocation import Plan, reserve_cache, reserve_space, reserve_weights
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.kv_cache import cache_kind, plan_layer
from gpu.qwen3.stacks import check_supported

_LAYER = re.compile(r"^(model\.)?layers\.\d+[. ]|\.weight$")
_TITLES = {
    "qkv": "attention q, k, v",
    "o": "attention output",
    "gate_up": "MLP gate, up",
    "down": "MLP down",
    "router": "routers",
    "experts.gate_up": "experts' gate, up",
    "experts.down": "experts' down",
    "input_layernorm": "attention input norms",
    "self_attn.q_norm": "query norms",
    "self_attn.k_norm": "key norms",
    "post_attention_layernorm": "MLP input norms",
    "model.norm": "final norm",
    "keys": "keys and values",
    "values": "keys and values",
}
_EMBEDDING, _TIED = "embedding", "embedding and head, tied"
_UNLIMITED = 2**62
_POSITIONS = 1024  # whole rows of any cache


@dataclass(frozen=True)
class _Piece:
    """What one allocation holds for one purpose."""

    name: str
    purpose: str
    extent: Extent
    size_bytes: int

    @property
    def title(self) -> str:
        """The same for all layers."""
        kind = _LAYER.sub("", self.name)
        kind = kind.removesuffix(" scales") if self.purpose == "scales" else kind
        return _TITLES.get(kind, kind)


def weight_terms(inputs: CalculatorInputs, config: Qwen3Config) -> tuple[Term, ...]:
    """Weights, scales and norms: what depends on neither the context nor the cache."""
    plain = CalculatorInputs(inputs.subject, replace(inputs.scheme, kv_bits=16), device=inputs.device)
    return _weight_terms(plain, config)


@lru_cache(maxsize=64)  # a search asks for the same weights a hundred times
def _weight_terms(inputs: CalculatorInputs, config: Qwen3Config) -> tuple[Term, ...]:
    gpu = planning_gpu(inputs.device)
    plan = _plan(inputs, config)
    reserve_weights(gpu, plan, plan.stacks())
    terms = _terms(_pieces(gpu))
    if not config.tie_word_embeddings:
        return terms
    return tuple(replace(term, name=_TIED) if term.name == _EMBEDDING else term for term in terms)


def pass_terms(inputs: CalculatorInputs, config: Qwen3Config) -> tuple[Term, ...]:
    """Cache, workspace and probes."""
    gpu = _passes(inputs, config, config.num_hidden_layers)
    return _terms(_for_requests(piece, inputs.requests) for piece in _pieces(gpu))


def pass_bytes(inputs: CalculatorInputs, config: Qwen3Config) -> int:
    """The sum of `pass_terms`, for searches: all layers of all requests take the same."""
    totals = _passes(inputs, config, layers=1).ledger.by_purpose()
    return sum(totals.values()) + (inputs.requests * config.num_hidden_layers - 1) * totals["kv_cache"]


def kv_bytes_per_token(inputs: CalculatorInputs, config: Qwen3Config) -> int:
    """Of one request, as the cache lies on the device."""
    gpu = planning_gpu(inputs.device)
    heads = _plan(inputs, config).heads
    kind = cache_kind(gpu, heads, inputs.scheme.kv_bits)
    part = plan_layer(heads, _POSITIONS, kind, _UNLIMITED)
    return 2 * config.num_hidden_layers * part.size_bytes // _POSITIONS


def refusal(inputs: CalculatorInputs, config: Qwen3Config) -> str | None:
    """Why this engine does not run it as asked, in a sentence; None: it does."""
    longest = config.max_position_embeddings
    if not 2 <= inputs.context_tokens <= longest:
        return (
            f"A context of {inputs.context_tokens:,} tokens was asked for; this model takes 2 to {longest:,}."
        )
    try:
        check_supported(config, inputs.scheme)
        _reserve(inputs, config, inputs.device, layers=1)
    except (ConfigError, SchemeError) as error:
        return str(error)
    return None


def _plan(inputs: CalculatorInputs, config: Qwen3Config) -> Plan:
    """With the cache of one request: the others are as large."""
    return Plan(config, inputs.scheme, inputs.context_tokens, inputs.device.layout, inputs.subject.dtype_of)


def _passes(inputs: CalculatorInputs, config: Qwen3Config, layers: int) -> Gpu:
    """What passes take is known even of a cache that this adapter could not bind."""
    try:
        return _reserve(inputs, config, inputs.device, layers)
    except ConfigError:
        larger = replace(inputs.device, max_binding_bytes=_UNLIMITED, max_texture_side=_UNLIMITED)
        return _reserve(inputs, config, larger, layers)


def _reserve(inputs: CalculatorInputs, config: Qwen3Config, device: DeviceProfile, layers: int) -> Gpu:
    gpu = planning_gpu(device)
    gpu.ledger.uniforms("parameters", PARAMETERS_BYTES)
    plan = _plan(inputs, config)
    reserve_cache(gpu, plan, layers)
    reserve_space(gpu, plan)
    return gpu


def _pieces(gpu: Gpu) -> Iterator[_Piece]:
    for entry in gpu.ledger.entries():
        for purpose, size in entry.bytes_by_purpose.items():
            yield _Piece(entry.name, purpose, entry.extents[purpose], size)


def _for_requests(piece: _Piece, requests: int) -> _Piece:
    if piece.purpose != "kv_cache" or requests == 1:
        return piece
    extent = replace(piece.extent, factors=(*piece.extent.factors, ("requests", requests)))
    return replace(piece, extent=extent, size_bytes=piece.size_bytes * requests)


def _terms(pieces: Iterable[_Piece]) -> tuple[Term, ...]:
    kinds: dict[tuple[str, str], list[_Piece]] = {}
    for piece in pieces:
        kinds.setdefault((piece.purpose, piece.title), []).append(piece)
    return tuple(_term(title, purpose, held) for (purpose, title), held in kinds.items())


def _term(title: str, purpose: str, pieces: list[_Piece]) -> Term:
    """One term of like pieces; where they are not all of one size, its formula is a sum."""
    counts = Counter((piece.extent, piece.size_bytes) for piece in pieces)
    summands = [_summand(purpose, extent, size, count) for (extent, size), count in counts.items()]
    parts = tuple(Term.of(p.name, purpose, p.extent, "exact", p.size_bytes) for p in pieces)
    return Term(
        title,
        purpose,
        sum(piece.size_bytes for piece in pieces),
        " + ".join(extent.formula(size) for extent, size in summands),
        " + ".join(extent.symbols(size) for extent, size in summands),
        "exact",
        parts if len(parts) > 1 else (),
    )


def _summand(purpose: str, extent: Extent, size_bytes: int, count: int) -> tuple[Extent, int]:
    if count == 1:
        return extent, size_bytes
    if purpose == "kv_cache":
        return extent.times("layers", count // 2).times("keys and values", 2), size_bytes * count
    return extent.times("layers", count), size_bytes * count
