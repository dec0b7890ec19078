"""All that a model keeps on the device, allocated in one place: for real, or by a ledger that only counts."""

from __future__ import annotations

from dataclasses import dataclass

from gpu.device import Gpu
from gpu.kernels.heads import CacheLayer, Heads
from gpu.kit import PARAMETERS_BYTES
from gpu.probes.channels import ChannelProbes
from gpu.probes.sites import sites_of
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.kv_cache import allocate_layer, cache_kind
from gpu.qwen3.stacks import DtypeOf, ModelStacks, check_supported, stack_model
from gpu.qwen3.weights import Weights, allocate_weights
from gpu.qwen3.workspace import Workspace, allocate_workspace
from gpu.scheme import Scheme

CHUNK_TOKENS = 128
Requests = tuple[tuple[CacheLayer, ...], ...]


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
    weights = reserve_weights(gpu, plan, stacks)
    requests = tuple(reserve_cache(gpu, plan, plan.config.num_hidden_layers) for _ in range(plan.requests))
    return Allocation(stacks, weights, requests, *reserve_space(gpu, plan))


def reserve_weights(gpu: Gpu, plan: Plan, stacks: ModelStacks) -> Weights:
    """What does not depend on the context."""
    return allocate_weights(gpu, plan.config, stacks, weight_layout(plan))


def reserve_cache(gpu: Gpu, plan: Plan, layers: int) -> tuple[CacheLayer, ...]:
    """The first `layers` of the cache of one request."""
    kind, context = cache_kind(gpu, plan.heads, plan.scheme.kv_bits), plan.context_tokens
    return tuple(allocate_layer(gpu, plan.heads, context, kind, f"layers.{i}") for i in range(layers))


def reserve_space(gpu: Gpu, plan: Plan) -> tuple[Workspace, ChannelProbes]:
    """What passes write besides the cache."""
    coded = plan.scheme.activation_bits < 16
    space = allocate_workspace(gpu, plan.config, plan.heads, plan.chunk_tokens, plan.context_tokens, coded)
    return space, ChannelProbes(gpu, sites_of(plan.config))


def weight_layout(plan: Plan) -> str:
    """Pairs serve integer products only; every other combination reads storage buffers."""
    return plan.layout if plan.scheme.activation_bits < 16 else "buffer"


def planned_bytes(gpu: Gpu, plan: Plan) -> dict[str, int]:
    """Bytes by purpose that `allocate` would take on this adapter, the parameter buffer included."""
    counting = gpu.for_planning()
    counting.ledger.uniforms("parameters", PARAMETERS_BYTES)
    allocate(counting, plan)
    return counting.ledger.by_purpose()
