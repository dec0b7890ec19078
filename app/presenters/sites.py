"""Names of sites: the kind of linear layer they feed, and which layer of the model."""

from __future__ import annotations

from collections.abc import Sequence

from views.frames import Choice

RESIDUAL = "residual"
_KINDS = (
    Choice("self_attn.qkv_proj", "Attention in (qkv_proj)", "What the query, key and value projections read"),
    Choice("self_attn.o_proj", "Attention out (o_proj)", "What the attention's output projection reads"),
    Choice("mlp.gate_up_proj", "MLP in (gate_up_proj)", "What the gate and up projections read"),
    Choice("mlp.down_proj", "MLP out (down_proj)", "What the down projection reads: the gated products"),
    Choice(RESIDUAL, "Residual stream", "The hidden state that leaves the layer"),
    Choice(
        "lm_head", "Output head (lm_head)", "What the output head reads: the last hidden state, normalised"
    ),
)


def split_site(site: str) -> tuple[str, int | None]:
    """Kind and layer: `layers.3.mlp.down_proj` is ("mlp.down_proj", 3), `layers.3` is ("residual", 3)."""
    if not site.startswith("layers."):
        return site, None
    layer, _, kind = site.removeprefix("layers.").partition(".")
    return kind or RESIDUAL, int(layer)


def site_name(kind: str, layer: int, sites: Sequence[str]) -> str:
    """The site of a kind at a layer; at the nearest layer there is; "" if the model has none of that kind."""
    layers = {at: site for site in sites for of, at in [split_site(site)] if of == kind}
    if not layers:
        return ""
    return layers[min(layers, key=lambda at: abs((at or 0) - layer))]


def kinds_of(sites: Sequence[str]) -> tuple[Choice, ...]:
    """The kinds a model has, in the order data flows; all there are where no model is open."""
    present = {split_site(site)[0] for site in sites}
    return tuple(choice for choice in _KINDS if choice.key in present or not present)


def layer_count(sites: Sequence[str]) -> int:
    return 1 + max((layer for _, layer in map(split_site, sites) if layer is not None), default=-1)
