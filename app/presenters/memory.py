"""Where the GPU memory went, ready to draw."""

from __future__ import annotations

from app.messages import MemoryUse, ModelFacts
from app.presenters.setup import short_name
from views.frames import MemoryEntry, MemoryFrame

_PURPOSES = {
    "weights": ("Weights", "Codes of the weight matrices, or 16-bit weights where they are not quantized"),
    "scales": ("Weight scales", "One float16 for every group of quantized weights"),
    "norms": ("Norms", "Weights of the normalisations, in float32"),
    "kv_cache": (
        "KV cache",
        "Keys and values of every token of the context, allocated with the model",
    ),
    "workspace": (
        "Workspace",
        "Activations, logits and the parameters of the kernels",
    ),
    "probes": ("Probes", "Statistics of every channel at every site, and its newest values"),
}


def memory_frame(use: MemoryUse | None, facts: ModelFacts | None) -> MemoryFrame:
    """The ledger by purpose against the adapter's total; purposes that hold nothing are left out."""
    if use is None:
        return MemoryFrame()
    return MemoryFrame(
        entries=tuple(_entry(purpose, size) for purpose, size in use.by_purpose if size),
        total_bytes=use.adapter.total_bytes,
        total_source=use.adapter.total_source,
        adapter=short_name(use.adapter),
        headline=_headline(dict(use.by_purpose), facts),
    )


def _entry(purpose: str, size_bytes: int) -> MemoryEntry:
    label, tooltip = _PURPOSES.get(purpose, (purpose.replace("_", " ").capitalize(), ""))
    return MemoryEntry(purpose, label, size_bytes, tooltip=tooltip)


def _headline(sizes: dict[str, int], facts: ModelFacts | None) -> str:
    total = sum(sizes.values())
    if facts is None or not total:
        return ""
    weights = sizes.get("weights", 0) + sizes.get("scales", 0)
    cache = sizes.get("kv_cache", 0)
    return (
        f"{facts.scheme}: weights with their scales take {weights / total:.0%}, "
        f"the cache for {facts.context_tokens:,} tokens {cache / total:.0%}."
    )
