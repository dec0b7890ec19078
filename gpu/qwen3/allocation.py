"""All that a model keeps on the device, allocated in one place: for real, or by a ledger that only counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpu.device import Gpu
from gpu.errors import BudgetError, QuantscopeError
from gpu.kernels.heads import CacheLayer, Heads
from gpu.kit import PARAMETERS_BYTES
from gpu.probes.channels import ChannelProbes
from gpu.probes.sites import Site, sites_of
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.kv_cache import allocate_layer, cache_kind
from gpu.qwen3.stacks import DtypeOf, ModelStacks, check_supported, stack_model
from gpu.qwen3.weights import Weights, allocate_weights
from gpu.qwen3.workspace import Workspace, allocate_workspace
from gpu.scheme import Scheme

CHUNK_TOKENS = 128
Requests = tuple[tuple[CacheLayer, ...], ...]
_FALLBACK_SCHEMES = ("W8A8", "W4A8")
_FALLBACK_CONTEXTS = (32768, 16384, 8192, 4096, 2048, 1024, 512)


@dataclass(frozen=True)
class Plan:
    """What to allocate: a model, a scheme, a context, how weights lie, and for how many requests a cache."""

    config: Qwen3Config
    scheme: Scheme
    context_tokens: int
    layout: str
    dtype_of: DtypeOf
    requests: int = 1

    @property
    def heads(self) -> Heads:
        c = self.config
        return Heads(c.num_attention_heads, c.num_key_value_heads, c.head_dim, c.rms_norm_eps)

    @property
    def chunk_tokens(self) -> int:
        """Tokens of a prompt computed at once."""
        return min(CHUNK_TOKENS, self.context_tokens)

    def stacks(self) -> ModelStacks:
        return stack_model(self.config, self.scheme, self.dtype_of)


@dataclass(frozen=True)
class Allocation:
    """A model's resources; `requests` are the cache layers of each request."""

    stacks: ModelStacks
    weights: Weights
    requests: Requests
    space: Workspace
    probes: ChannelProbes
    sites: tuple[Site, ...]

    @property
    def caches(self) -> tuple[CacheLayer, ...]:
        """Those of the first request, the one that runs."""
        return self.requests[0]


def allocate(gpu: Gpu, plan: Plan) -> Allocation:
    """Allocate all of a model, not yet filled.

    Raises:
        ConfigError, SchemeError: this engine or this adapter cannot run it.
    """
    check_supported(plan.config, plan.scheme)
    return reserve(gpu, plan)


def reserve(gpu: Gpu, plan: Plan) -> Allocation:
    """Allocate whether or not there are kernels to run it, as an estimate does.

    Raises:
        ConfigError: the cache of a layer is larger than this adapter can bind.
    """
    stacks = plan.stacks()
    return Allocation(stacks, reserve_weights(gpu, plan, stacks), *reserve_passes(gpu, plan))


def reserve_weights(gpu: Gpu, plan: Plan, stacks: ModelStacks) -> Weights:
    """What does not depend on the context."""
    return allocate_weights(gpu, plan.config, stacks, weight_layout(plan))


def reserve_passes(gpu: Gpu, plan: Plan) -> tuple[Requests, Workspace, ChannelProbes, tuple[Site, ...]]:
    """What passes read and write besides weights."""
    requests = tuple(_allocate_caches(gpu, plan) for _ in range(plan.requests))
    coded = plan.scheme.activation_bits < 16
    space = allocate_workspace(gpu, plan.config, plan.heads, plan.chunk_tokens, plan.context_tokens, coded)
    sites = sites_of(plan.config)
    return requests, space, ChannelProbes(gpu, sites), sites


def _allocate_caches(gpu: Gpu, plan: Plan) -> tuple[CacheLayer, ...]:
    kind = cache_kind(gpu, plan.scheme.kv_bits)
    layers = range(plan.config.num_hidden_layers)
    return tuple(allocate_layer(gpu, plan.heads, plan.context_tokens, kind, f"layers.{i}") for i in layers)


def weight_layout(plan: Plan) -> str:
    """Pairs serve integer products only; every other combination reads storage buffers."""
    return plan.layout if plan.scheme.activation_bits < 16 else "buffer"


def planned_bytes(gpu: Gpu, plan: Plan) -> dict[str, int]:
    """Bytes by purpose that `allocate` would take on this adapter, the parameter buffer included."""
    counting = gpu.for_planning()
    counting.ledger.uniforms("parameters", PARAMETERS_BYTES)
    allocate(counting, plan)
    return counting.ledger.by_purpose()


def check_fits(gpu: Gpu, plan: Plan, available_bytes: int) -> None:
    """Raise `BudgetError`, saying what would fit instead, before anything is allocated."""
    needed = sum(planned_bytes(gpu, plan).values())
    if needed > available_bytes:
        raise BudgetError(needed, available_bytes, _what_would_fit(gpu, plan, available_bytes))


def _what_would_fit(gpu: Gpu, plan: Plan, available_bytes: int) -> str:
    """The largest scheme, and for it the largest context, that fits."""
    contexts = (plan.context_tokens, *(c for c in _FALLBACK_CONTEXTS if c < plan.context_tokens))
    for scheme in _schemes_from(plan.scheme):
        for context in contexts:
            smaller = Plan(plan.config, scheme, context, plan.layout, plan.dtype_of)
            if _fits(gpu, smaller, available_bytes):
                return f"{scheme} with a context of {context:,} tokens would fit."
    return f"not even {scheme} with a context of {context:,} tokens would fit; choose a smaller model."


def _schemes_from(scheme: Scheme) -> Sequence[Scheme]:
    smaller = [Scheme.parse(name) for name in _FALLBACK_SCHEMES]
    return (scheme, *(s for s in smaller if s.weight_bits < scheme.weight_bits))


def _fits(gpu: Gpu, plan: Plan, available_bytes: int) -> bool:
    try:
        return sum(planned_bytes(gpu, plan).values()) <= available_bytes
    except QuantscopeError:  # a context beyond this adapter's bindings does not fit either
        return False
