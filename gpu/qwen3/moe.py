"""A decoder layer's mixture of experts: x += Σ_k share_k · down_e(swiglu(gate_up_e(rms(x)))), e the chosen.

The router reads f32 values whatever the scheme; its choice is made in f32. A token's chosen experts lie one
after the other in the workspace, so that the kernels of an MLP see `each` rows for every token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gpu.activations import Activations
from gpu.errors import ConfigError
from gpu.kernels.emit import VALUES
from gpu.kernels.experts import Choice, gather, scatter
from gpu.kernels.matmul import product
from gpu.kernels.matrix import Sums
from gpu.kernels.route import route
from gpu.kernels.swiglu import swiglu
from gpu.kit import Kit, Op
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.weights import LayerWeights
from gpu.qwen3.workspace import Routing, Workspace

Quantize = Callable[[Activations], list[Op]]


def experts(
    kit: Kit,
    config: Qwen3Config,
    weights: LayerWeights,
    space: Workspace,
    quantize: Quantize | None,
    *,
    kind: str,
    q_max: int,
    columns: int,
) -> list[Op]:
    """From `space.mlp_in`, values and what the products read, onto the hidden state.

    `kind` is what swiglu writes (gpu/kernels/emit.py); `quantize` None multiplies with f32 values.
    """
    routing, each, integer = _routing(space), config.num_experts_per_tok, quantize is not None
    choice = Choice(routing.chosen, routing.shares, each)
    inner = replace(space.mlp_out, width=config.moe_intermediate_size)
    gate = swiglu(kit, space.gate_up, inner, kind, q_max)
    coding = quantize(inner) if quantize is not None and kind == VALUES else []
    return [
        *_route(kit, config, weights, space, routing, columns=columns),
        *gather(kit, weights.gate_up, space.mlp_in, space.gate_up, choice, integer=integer),
        *(for_each(op, each) for op in (gate, *coding)),
        *scatter(kit, weights.down, inner, space.hidden, choice, integer=integer),
    ]


def for_each(op: Op, each: int) -> Op:
    """The same over `each` rows a token."""
    return replace(op, grid=lambda tokens: op.grid(tokens * each))


def _route(
    kit: Kit, config: Qwen3Config, weights: LayerWeights, space: Workspace, routing: Routing, *, columns: int
) -> list[Op]:
    router, count = weights.router, config.num_experts
    if router is None:
        raise ConfigError("A layer without a router has no experts to choose from.")
    chosen = route(
        kit,
        routing.logits,
        routing.chosen,
        routing.shares,
        count,
        config.num_experts_per_tok,
        normalise=config.norm_topk_prob,
    )
    scores: list[Op] = product(
        kit, router, space.mlp_in, Sums(routing.logits, count), integer=False, columns=columns
    )
    return [*scores, chosen]


def _routing(space: Workspace) -> Any:
    if space.routing is None:
        raise ConfigError("There is no room to route tokens to experts; the model was planned without any.")
    return space.routing
