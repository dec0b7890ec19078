"""Buffers for one pass of up to `rows` tokens, shared by all layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu.activations import Activations, allocate
from gpu.device import Gpu
from gpu.extent import Extent
from gpu.kernels.attention import LEAST_SPLIT
from gpu.kernels.choose import RECORD_WORDS
from gpu.kernels.heads import Heads
from gpu.kernels.logit_sets import count_sets
from gpu.qwen3.config import Qwen3Config

HEAD_ROWS = 8
MOST_AHEAD = 16  # tokens that the device chooses before the host reads them


@dataclass(frozen=True)
class Workspace:
    """T = rows of a pass, H hidden, F feed-forward, V vocabulary. Names say what a buffer holds last."""

    rows: int
    ids: Any  # u32 [T]
    hidden: Activations  # [T, H], the residual stream
    attention_in: Activations  # [T, H]
    qkv: Any  # f32 [T, (Hq + 2 Hkv) · D]
    q: Any  # f32 [T, Hq, D padded]
    attention_out: Activations  # [T, Hq · D]
    mlp_in: Activations  # [T, H]
    gate_up: Any  # f32 [T, 2 F]
    mlp_out: Activations  # [T, F], the input of the down projection; of experts [T · k, F of an expert]
    head_in: Activations  # [HEAD_ROWS, H]
    logits: Any  # f32 [HEAD_ROWS, V]
    logit_sets: Any  # u32 [sets of logits, 4]
    records: Any  # u32 [MOST_AHEAD, RECORD_WORDS], of tokens that were chosen
    row_absmax: Any  # f32 [T]
    rope: Any  # f32 [context, D]
    attention_parts: Any | None  # f32 [Hq, parts of a context, D padded + 4], where one token's is split
    routing: Routing | None = None

    def splits(self, context_tokens: int) -> bool:
        """Whether workgroups share such a context when a token is decoded."""
        return self.attention_parts is not None and context_tokens >= LEAST_SPLIT


@dataclass(frozen=True)
class Routing:
    """Which of E experts a pass of T tokens takes, k for each."""

    logits: Any  # f32 [T, E]
    chosen: Any  # u32 [T, k]
    shares: Any  # f32 [T, k]


def allocate_workspace(
    gpu: Gpu, config: Qwen3Config, heads: Heads, rows: int, context_tokens: int, coded: bool
) -> Workspace:
    """Allocate for passes of `rows` tokens; `coded` makes room for q8_1 codes beside the values."""
    ledger = gpu.ledger

    def plain(name: str, **factors: int) -> Any:
        return ledger.buffer(name, "workspace", Extent.of(32, **factors))

    def activations(name: str, width: int, count: int = rows) -> Activations:
        return allocate(ledger, name, count, width, coded)

    each, width = _mlp_rows(config)
    return Workspace(
        rows=rows,
        ids=plain("token ids", tokens=rows),
        hidden=allocate(ledger, "hidden state", rows, config.hidden_size, coded=False),
        attention_in=activations("attention input", config.hidden_size),
        qkv=plain("q, k, v", tokens=rows, values=heads.qkv_width),
        q=plain("rotated queries", tokens=rows, heads=heads.q_heads, head_dimension=heads.padded_dim),
        attention_out=activations("attention output", heads.out_width),
        mlp_in=activations("mlp input", config.hidden_size),
        gate_up=plain("gate, up", tokens=rows, gate_and_up=2, values=each * width),
        mlp_out=activations("mlp inner", width, rows * each),
        head_in=activations("head input", config.hidden_size, HEAD_ROWS),
        logits=plain("logits", rows=HEAD_ROWS, vocabulary=config.vocab_size),
        logit_sets=plain(
            "sets of logits", sets=count_sets(config.vocab_size, gpu.variants.threads), values=4
        ),
        records=plain("chosen tokens", tokens=MOST_AHEAD, values=RECORD_WORDS),
        row_absmax=plain("row maxima", tokens=max(rows, HEAD_ROWS)),
        rope=plain("rotary table", tokens=context_tokens, head_dimension=config.head_dim),
        attention_parts=_attention_parts(plain, heads, gpu.variants.parts),
        routing=_allocate_routing(plain, config, rows) if config.is_moe else None,
    )


def _attention_parts(plain: Callable[..., Any], heads: Heads, parts: int) -> Any | None:
    if parts == 1:
        return None
    return plain("parts of attention", heads=heads.q_heads, parts=parts, values=heads.padded_dim + 4)


def _mlp_rows(config: Qwen3Config) -> tuple[int, int]:
    """Inner rows of an MLP for each token, and their width: enough for every layer."""
    if not config.is_moe:
        return 1, config.intermediate_size
    each, layers = config.num_experts_per_tok, range(config.num_hidden_layers)
    dense = -(-config.intermediate_size // each)  # a layer without experts takes all rows of a token as one
    widths = (config.moe_intermediate_size if config.is_moe_layer(i) else dense for i in layers)
    return each, max(widths)


def _allocate_routing(plain: Callable[..., Any], config: Qwen3Config, rows: int) -> Routing:
    each = config.num_experts_per_tok
    return Routing(
        plain("router logits", tokens=rows, experts=config.num_experts),
        plain("chosen experts", tokens=rows, experts_a_token=each),
        plain("shares of experts", tokens=rows, experts_a_token=each),
    )
