"""Made-up frames that look like a real session, for the tests and for the gallery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from views.frames import (
    ChatFrame,
    Choice,
    ComposerFrame,
    DamageFrame,
    LoadFrame,
    MemoryEntry,
    MemoryFrame,
    MessageFrame,
    Outlier,
    SetupFrame,
    SpikesFrame,
    StatusFrame,
    WelcomeFrame,
)

KINDS = (
    Choice("self_attn.qkv_proj", "Attention in (qkv_proj)", "What q, k and v read"),
    Choice("self_attn.o_proj", "Attention out (o_proj)", "What the output projection reads"),
    Choice("mlp.gate_up_proj", "MLP in (gate_up_proj)", "What gate and up read"),
    Choice("mlp.down_proj", "MLP out (down_proj)", "What the down projection reads"),
    Choice("residual", "Residual stream", "The hidden state leaving the layer"),
    Choice("lm_head", "Output head (lm_head)", "What the output head reads"),
)
STATISTICS = (
    Choice("last", "newest token |x|"),
    Choice("absmax", "largest |x|"),
    Choice("mean_abs", "mean |x|"),
    Choice("rms", "RMS"),
)
FORMATS = (Choice("int8", "int8"), Choice("int4", "int4"))
GRANULARITIES = (
    Choice("b16", "one scale per 16"),
    Choice("b32", "one scale per 32"),
    Choice("b64", "one scale per 64"),
    Choice("b128", "one scale per 128"),
    Choice("token", "one scale per token"),
)
ANSWER = """\
Because one large value stretches the scale that every other value in its group shares.

With **4 bits** there are only 15 levels. A channel 100 times the median takes them all:

- at 8 bits the others still span two or three levels,
- at 4 bits they all round to zero.

```python
scale = abs(x).max() / 7
codes = (x / scale).round()
```

A *block scale* confines the damage to 32 neighbours."""


def activations(channels: int, planted: dict[int, float], seed: int = 0) -> np.ndarray:
    """Magnitudes with median about 0.1 and `planted` ratios to it, float32 [channels]."""
    values = np.random.default_rng(seed).lognormal(np.log(0.1), 0.8, channels).astype(np.float32)
    for channel, ratio in planted.items():
        values[channel] = 0.1 * ratio
    return values


def spikes(channels: int = 1024, planted: dict[int, float] | None = None) -> SpikesFrame:
    values = activations(
        channels, planted or {57: 143.0, 402: 88.0, 410: 61.0, 733: 31.0, 901: 24.0, 14: 18.0}
    )
    median = float(np.median(values))
    ranked = np.argsort(values)[::-1][:12]
    return SpikesFrame(
        kinds=KINDS,
        kind="mlp.down_proj",
        layer_count=28,
        layer=12,
        statistics=STATISTICS,
        statistic="absmax",
        site="layers.12.mlp.down_proj",
        values=values,
        median=median,
        outliers=tuple(Outlier(int(c), float(values[c]), float(values[c]) / median) for c in ranked),
        tokens=412,
        note="The demo model's outliers are planted: scaled up where written, down where read.",
    )


def idle_spikes() -> SpikesFrame:
    """What is shown before the first token."""
    return SpikesFrame(
        kinds=KINDS, kind="mlp.down_proj", layer_count=28, layer=12, statistics=STATISTICS, statistic="absmax"
    )


def idle_damage() -> DamageFrame:
    return DamageFrame(formats=FORMATS, format="int4", granularities=GRANULARITIES, granularity="b32")


def damage(channels: int = 1024, block: int = 32) -> DamageFrame:
    values = activations(channels, {57: 143.0, 402: 88.0, 733: 31.0}).reshape(-1, block)
    scales = np.abs(values).max(axis=1) / 7
    levels = np.minimum(15, 2 * np.median(values, axis=1) / scales + 1).astype(np.float32)
    noise = (np.round(values / scales[:, None]) * scales[:, None] - values) ** 2
    sqnr = (10 * np.log10((values**2).sum(axis=1) / noise.sum(axis=1))).astype(np.float32)
    worst = int(np.argmin(levels))
    return DamageFrame(
        site="layers.12.mlp.down_proj",
        formats=FORMATS,
        format="int4",
        granularities=GRANULARITIES,
        granularity="b32",
        block_channels=block,
        scales=scales.astype(np.float32),
        levels=levels,
        max_levels=15,
        sqnr_db=sqnr,
        median_levels=float(np.median(levels)),
        total_sqnr_db=16.2,
        worst_block=worst,
        worst_channel=worst * block + int(np.argmax(values[worst])),
    )


def memory() -> MemoryFrame:
    entries = (
        MemoryEntry("weights", "Weights", 298_024_960, tooltip="4-bit codes"),
        MemoryEntry("scales", "Scales", 37_253_120, tooltip="One f16 per 32 weights"),
        MemoryEntry("norms", "Norms", 262_144),
        MemoryEntry("kv_cache", "KV cache", 469_762_048, tooltip="4,096 tokens at 112 KiB"),
        MemoryEntry("workspace", "Workspace", 41_943_040),
        MemoryEntry("probes", "Probes", 6_291_456),
        MemoryEntry("staging", "Staging", 16_777_216),
    )
    return MemoryFrame(
        entries=entries,
        total_bytes=8 * 2**30,
        total_source="sysfs",
        adapter="AMD Radeon RX 6600",
        headline="KV cache for 4,096 tokens is the largest part: 448.0 MiB",
    )


def setup() -> SetupFrame:
    return SetupFrame(
        schemes=tuple(Choice(name, name) for name in ("W4A8", "W4A16", "W8A8", "W16A16")),
        scheme="W4A8",
        contexts=(Choice("", "Auto · 4,096"), Choice("8192", "8,192")),
        adapters=(
            Choice("0", "AMD Radeon RX 6600 (discrete)"),
            Choice("1", "llvmpipe (software)"),
        ),
        adapter="0",
        recent=(Choice("/models/Qwen3-0.6B", "Qwen3-0.6B"), Choice("/models/Qwen3-4B", "Qwen3-4B")),
        model_name="Qwen3-0.6B",
    )


def chat() -> ChatFrame:
    return ChatFrame(
        messages=(
            MessageFrame("user", "Why do 4-bit activations break a model?"),
            MessageFrame(
                "assistant",
                ANSWER,
                reasoning="The person asks about activations, not weights. Explain the shared scale first.",
                note="96 tokens · 31.4 tok/s",
            ),
            MessageFrame("user", "And what does a smaller block cost?"),
            MessageFrame(
                "assistant", "More scales: one f16 per 32 weights adds 0.5 bits a weight,", state="streaming"
            ),
        ),
        samples=(),
    )


def failed_chat() -> ChatFrame:
    lost = MessageFrame(
        "assistant",
        "More scales: one f16 per 32 weights",
        state="failed",
        error="The driver took the device away; the model must be loaded again.",
    )
    return replace(chat(), messages=(*chat().messages[:3], lost), can_regenerate=True)


def empty_chat() -> ChatFrame:
    return ChatFrame(
        samples=(
            "Why do 4-bit activations break a model?",
            "What is an outlier channel?",
            "How do I read the damage panel?",
        )
    )


def composer(running: bool = False) -> ComposerFrame:
    return ComposerFrame(
        can_send=not running,
        can_stop=running,
        hint="Message Qwen3-0.6B",
        thinking_supported=True,
        thinking=True,
    )


def status() -> StatusFrame:
    return StatusFrame(
        model_name="Qwen3-0.6B",
        scheme="W4A8",
        state="Answering",
        prefill_tokens_per_s=412.0,
        decode_tokens_per_s=31.4,
        first_token_ms=184.0,
        context_used_tokens=1204,
        context_total_tokens=4096,
    )


def idle_status() -> StatusFrame:
    return StatusFrame(model_name="Qwen3-0.6B", scheme="W4A8", state="Ready", context_total_tokens=4096)


def welcome() -> WelcomeFrame:
    return WelcomeFrame(recent=setup().recent, adapter="AMD Radeon RX 6600 (discrete, Vulkan)")


def load() -> LoadFrame:
    return LoadFrame("Qwen3-0.6B", "Quantizing to W4A8", 512 * 2**20, 1137 * 2**20)
