"""What a running generation says. Every event carries the run it belongs to, so late ones can be dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from gpu.token_detail import TokenDetail

FinishReason = Literal["stop", "length", "context", "cancelled"]


@dataclass(frozen=True)
class PromptProgress:
    """`done_tokens` of `total_tokens` of the prompt are in the cache; `reused_tokens` of them were before."""

    run_id: int
    done_tokens: int
    total_tokens: int
    reused_tokens: int


@dataclass(frozen=True)
class Token:
    """One sampled token; `context_used` counts the tokens in the cache once it is fed back."""

    run_id: int
    token_id: int
    context_used: int
    detail: TokenDetail | None = None


@dataclass(frozen=True, eq=False)
class ChannelStats:
    """Statistics of one site over the tokens of this run, float32 [channels] each; never written again."""

    run_id: int
    site: str
    tokens: int
    absmax: npt.NDArray[np.float32] = field(repr=False)
    mean_abs: npt.NDArray[np.float32] = field(repr=False)
    rms: npt.NDArray[np.float32] = field(repr=False)
    newest: npt.NDArray[np.float32] = field(repr=False)  # the newest token's values, signed


@dataclass(frozen=True, eq=False)
class TokenRows:
    """Values of some tokens at the site that is followed, float32 [tokens, channels]; `first` is where in the
    context they begin."""

    run_id: int
    site: str
    first: int
    token_ids: tuple[int, ...]
    values: npt.NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Timing:
    """Speeds so far. `prompt_tokens` counts those computed, not those reused."""

    run_id: int
    reused_tokens: int
    prompt_tokens: int
    new_tokens: int
    prefill_tokens_per_s: float
    decode_tokens_per_s: float
    context_used: int
    context_tokens: int


@dataclass(frozen=True)
class Finished:
    """The run is over: a stop token, the length asked for, the end of the context, or a cancel."""

    run_id: int
    reason: FinishReason


@dataclass(frozen=True)
class Failed:
    """The run stopped on a stated failure; `message` is one sentence for the person."""

    run_id: int
    message: str


Event = PromptProgress | Token | ChannelStats | TokenRows | Timing | Finished | Failed
