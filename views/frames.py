"""What each view shows: frozen dataclasses without Qt. Presenters build them, widgets draw them.

Arrays hold finite values only, are published once and never written again. Every string is ready to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

MessageState = Literal["streaming", "done", "cancelled", "failed"]
Severity = Literal["info", "warning", "error"]
FloatArray = NDArray[np.float32]


def _empty() -> FloatArray:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class Choice:
    """One entry of a picker: `key` goes out in signals, `label` is read by the person."""

    key: str
    label: str
    tooltip: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class MessageFrame:
    """One turn of a conversation.

    `error` is the stated failure of a failed turn; `note` is small print under a finished one, such as
    "48 tokens · 31 tok/s".
    """

    role: Literal["user", "assistant", "system"]
    text: str
    reasoning: str = ""
    state: MessageState = "done"
    error: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChatFrame:
    """The transcript, and the prompts offered while it is empty."""

    messages: tuple[MessageFrame, ...] = ()
    samples: tuple[str, ...] = ()
    can_regenerate: bool = False


@dataclass(frozen=True)
class SamplingFrame:
    """How the next token is drawn.

    `seed` None means a fresh one each time; `max_tokens` None means until the context ends.
    """

    temperature: float = 0.7
    top_k: int = 20
    top_p: float = 0.8
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    seed: int | None = None
    max_tokens: int | None = None


@dataclass(frozen=True)
class ComposerFrame:
    """Where a person writes. `hint` is the placeholder; it says why sending is impossible when it is."""

    can_send: bool = False
    can_stop: bool = False
    hint: str = "Open a model to start chatting."
    thinking_supported: bool = False
    thinking: bool = False
    sampling: SamplingFrame = SamplingFrame()
    default_sampling: SamplingFrame = SamplingFrame()


@dataclass(frozen=True)
class StatusFrame:
    """The gauges under the chat. A figure that is not known yet is None."""

    model_name: str = ""
    scheme: str = ""
    state: str = "No model is open"
    prompt_done_tokens: int = 0
    prompt_total_tokens: int = 0
    prefill_tokens_per_s: float | None = None
    decode_tokens_per_s: float | None = None
    first_token_ms: float | None = None
    context_used_tokens: int = 0
    context_total_tokens: int = 0


@dataclass(frozen=True)
class LoadFrame:
    """A model on its way in. `total_bytes` 0 means the end is not known yet."""

    model_name: str
    stage: str
    done_bytes: int = 0
    total_bytes: int = 0
    cancellable: bool = True


@dataclass(frozen=True)
class WelcomeFrame:
    """The first screen: what can be opened, and on which adapter it would run."""

    recent: tuple[Choice, ...] = ()
    adapter: str = ""
    demo_available: bool = True


@dataclass(frozen=True)
class SetupFrame:
    """The tool bar: which scheme and adapter the model runs with, and the models opened before (by path)."""

    schemes: tuple[Choice, ...] = ()
    scheme: str = ""
    adapters: tuple[Choice, ...] = ()
    adapter: str = ""
    recent: tuple[Choice, ...] = ()
    model_name: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class BannerFrame:
    """One sentence above the chat, and what can be done about it. `action_key` comes back in the signal."""

    severity: Severity
    sentence: str
    action_label: str = ""
    action_key: str = ""


@dataclass(frozen=True)
class Outlier:
    """A channel that stands out: its magnitude, and that magnitude over the median of all channels."""

    channel: int
    value: float
    ratio: float


@dataclass(frozen=True, eq=False)
class SpikesFrame:
    """Magnitude per channel at one site.

    `kinds` are kinds of site (key such as `mlp.down_proj`, `residual`, `lm_head`); `layer` is None where the
    kind has no layers. `statistics` keys: last, absmax, mean_abs, rms. `values` float32 [channels],
    magnitudes >= 0; empty before the first token. `outliers` largest first. `tokens`: how many are covered.
    """

    kinds: tuple[Choice, ...] = ()
    kind: str = ""
    layer_count: int = 0
    layer: int | None = None
    statistics: tuple[Choice, ...] = ()
    statistic: str = ""
    site: str = ""
    values: FloatArray = field(default_factory=_empty)
    median: float = 0.0
    outliers: tuple[Outlier, ...] = ()
    tokens: int = 0
    note: str = ""
    live: bool = True
    enabled: bool = True


@dataclass(frozen=True, eq=False)
class DamageFrame:
    """What rounding did to the newest token's values at `site`, cut into blocks of `block_channels` channels.

    `scales`, `levels` (steps of the grid a typical value of the block still spans, 0 … `max_levels`) and
    `sqnr_db` (signal to quantization noise) are float32 [blocks]. Where one scale covers the whole token the
    arrays still have one entry a block, so that its effect can be compared. `format` is "int8" or "int4".
    """

    site: str = ""
    formats: tuple[Choice, ...] = ()
    format: str = ""
    granularities: tuple[Choice, ...] = ()
    granularity: str = ""
    block_channels: int = 0
    scales: FloatArray = field(default_factory=_empty)
    levels: FloatArray = field(default_factory=_empty)
    max_levels: int = 0
    sqnr_db: FloatArray = field(default_factory=_empty)
    median_levels: float = 0.0
    total_sqnr_db: float = 0.0
    worst_block: int | None = None
    worst_channel: int | None = None
    note: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class MemoryEntry:
    """Bytes held under one purpose of the ledger; `colour_key` only where two purposes should look alike."""

    purpose: str
    label: str
    size_bytes: int
    colour_key: str = ""
    tooltip: str = ""


@dataclass(frozen=True)
class MemoryFrame:
    """GPU memory by purpose against what the adapter has. `total_source` says where that total came from."""

    entries: tuple[MemoryEntry, ...] = ()
    total_bytes: int | None = None
    total_source: str = ""
    adapter: str = ""
    headline: str = ""
