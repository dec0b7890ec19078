"""What can be opened and how, ready to draw."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from app.library import DEMO
from app.messages import Adapters, Loading, ModelFacts
from app.settings import Settings
from gpu.budget import DEFAULT_CONTEXT_TOKENS
from views.frames import Choice, LoadFrame, SetupFrame, WelcomeFrame

if TYPE_CHECKING:
    from gpu.device import AdapterInfo

AUTOMATIC = ""
_CONTEXTS = tuple(2**power for power in range(9, 18))  # 512 … 131,072 tokens
SCHEMES = (
    Choice("W4A8", "W4A8", "4-bit weights, 8-bit activations in blocks of 32"),
    Choice("W4A8+kv8", "W4A8+kv8", "W4A8, keys and values in 8 bits: a context takes 0.53 of the memory"),
    Choice("W4A8+kv4", "W4A8+kv4", "W4A8, keys and values in 4 bits: 0.28 of it, and small models suffer"),
    Choice("W4A16", "W4A16", "4-bit weights, activations as they are"),
    Choice("W8A8", "W8A8", "8-bit weights, 8-bit activations in blocks of 32"),
    Choice("W16A16", "W16A16", "The reference: weights as published, arithmetic in float32"),
    Choice("W4A4", "W4A4", "4-bit activations in blocks of 32: an outlier takes its block along"),
    Choice("W8A8@tensor", "W8A8@tensor", "8-bit activations with one scale for all: an outlier spoils them"),
    Choice("W4A4@tensor", "W4A4@tensor", "4-bit activations with one scale for all: expect nonsense"),
)
_KINDS = {"discrete": "graphics card", "integrated": "integrated", "software": "software"}


def title(model: str) -> str:
    """What to call a model that is named by a path or is the demo."""
    return "Demo" if model == DEMO else Path(model).name or model


def recent_choices(settings: Settings) -> tuple[Choice, ...]:
    return tuple(Choice(model, title(model), _where(model)) for model in settings.recent_models)


def setup_frame(
    settings: Settings, adapters: Adapters | None, facts: ModelFacts | None, busy: bool
) -> SetupFrame:
    """The tool bar. The scheme on show is the open model's, or the one that would be used."""
    scheme = facts.scheme if facts is not None else settings.scheme
    return SetupFrame(
        schemes=_schemes_with(scheme),
        scheme=scheme,
        contexts=_context_choices(facts),
        context=_context(facts.wish.context_tokens if facts is not None else settings.context_tokens, facts),
        adapters=_adapter_choices(adapters),
        adapter=settings.adapter or AUTOMATIC,
        recent=recent_choices(settings),
        model_name=title(facts.wish.model) if facts is not None else "",
        tunes=facts.wish.tunes if facts is not None else settings.tunes,
        looks_up=settings.looks_up,
        enabled=not busy,
    )


def welcome_frame(settings: Settings, adapters: Adapters | None) -> WelcomeFrame:
    chosen = short_name(adapters.found[0]) if adapters is not None and adapters.found else ""
    return WelcomeFrame(recent=recent_choices(settings), adapter=settings.adapter or chosen)


def load_frame(model: str, loading: Loading) -> LoadFrame:
    return LoadFrame(title(model), loading.stage, loading.done_bytes, loading.total_bytes)


def _where(model: str) -> str:
    return "The small model that comes with Quantscope" if model == DEMO else model


def _schemes_with(scheme: str) -> tuple[Choice, ...]:
    known = any(choice.key == scheme for choice in SCHEMES)
    return SCHEMES if known else (*SCHEMES, Choice(scheme, scheme))


def _context(wished_tokens: int | None, facts: ModelFacts | None) -> str:
    if wished_tokens is None or facts is None:
        return AUTOMATIC
    return str(min(wished_tokens, facts.longest_context_tokens))


def _context_choices(facts: ModelFacts | None) -> tuple[Choice, ...]:
    """Powers of two up to what the model takes, that itself, and what is open now."""
    if facts is None:
        return (Choice(AUTOMATIC, "Auto"),)
    longest = facts.longest_context_tokens
    sizes = sorted({*(size for size in _CONTEXTS if size < longest), longest, facts.context_tokens})
    default = min(DEFAULT_CONTEXT_TOKENS, longest)
    automatic = Choice(AUTOMATIC, f"Auto · {default:,}", "Enough for most conversations")
    return (automatic, *(Choice(str(size), f"{size:,}", f"{size:,} tokens") for size in sizes))


def _adapter_choices(adapters: Adapters | None) -> tuple[Choice, ...]:
    """The automatic choice and every adapter: by name, or by its place where two have one name."""
    found = adapters.found if adapters is not None else ()
    names = Counter(info.name for info in found)
    automatic = f"Auto · {short_name(found[0])}" if found else "Auto"
    listed = (
        Choice(
            info.name if names[info.name] == 1 else str(place),
            short_name(info),
            f"{info.name} · {_KINDS.get(info.kind, info.kind)} · {info.backend} · {info.driver}",
        )
        for place, info in enumerate(found)
    )
    return (Choice(AUTOMATIC, automatic, "The fastest kind of adapter there is"), *listed)


def short_name(adapter: AdapterInfo) -> str:
    """Without the version that drivers put in brackets behind it."""
    return adapter.name.partition(" (")[0]
