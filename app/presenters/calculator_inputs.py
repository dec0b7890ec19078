"""The calculator's inputs, ready to draw: which fields there are, what they say and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.calculator.rooms import THIS_MACHINE, Room, short
from app.calculator.wishes import FILE, HUB, LOADED, NO_CARD, NUMBERS, ON, OWN_CARD, Wishes
from app.catalogue import Card
from gpu.qwen3.released import released_names
from gpu.scheme import ACTIVATION_BITS, GROUPS, KV_BITS, WEIGHT_BITS
from gpu.units import size_text
from views.frames import Choice
from views.frames.calculator import FieldFrame, GroupFrame, InputsFrame, Progress

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.fitting import Knob
    from gpu.calculator.subject import Subject

LOCKS: dict[str, Knob] = {
    "weight_bits": "bits",
    "kv_bits": "kv",
    "context": "context",
    "batch": "batch",
    "chats": "chats",
}
_KV_NAMES = {32: "float32", 16: "float16", 8: "8 bits (q8_0)", 4: "4 bits (q4_0)"}
_NUMBERS = (
    ("params", "Parameters", "8B", "All of them, also those of experts that rest"),
    ("layers", "Layers", "32", "Blocks, each with a cache"),
    (
        "kv_heads",
        "KV heads",
        "8",
        "Key-value heads of a layer; fewer than attention heads where they are grouped",
    ),
    ("head_dim", "Head size", "128", "Values a head; not always hidden size over heads"),
)


@dataclass(frozen=True)
class Situation:
    """What the form shows beside the person's own words."""

    wishes: Wishes
    subject: Subject | None
    loaded_name: str = ""
    cards: Sequence[Card] = ()
    machine: Room | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None


def inputs_frame(at: Situation) -> InputsFrame:
    """Every field of the form, in groups."""
    return InputsFrame(
        (
            GroupFrame("Model", tuple(_model_fields(at))),
            GroupFrame("How it is held", tuple(_held_fields(at))),
            GroupFrame("How it is used", tuple(_used_fields(at))),
            GroupFrame("Where it lies", tuple(_place_fields(at))),
        ),
        at.progress,
    )


def subject_line(subject: Subject) -> str:
    """What is known of a model, in one line."""
    shape = subject.shape
    heads = f"{shape.layers} layers, {shape.kv_heads} KV heads of {shape.head_dim}"
    origin = f", from {subject.origin}" if subject.origin else ""
    return f"{parameters_text(shape.parameters)} parameters, {heads}{origin}"


def parameters_text(count: int) -> str:
    """8.19 B, 596 M."""
    for size, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.3g} {letter}"
    return str(count)


def _model_fields(at: Situation) -> Iterator[FieldFrame]:
    wishes, note = at.wishes, subject_line(at.subject) if at.subject is not None else ""
    last = {FILE: "path", HUB: "repo", NUMBERS: "head_dim"}.get(wishes.source, "source")
    picker = FieldFrame(
        "source",
        "Model",
        wishes.source,
        "What is reckoned with",
        tuple(_sources(at)),
        error=at.errors.get("source", ""),
    )
    yield _noted(picker, last, note)
    if wishes.source == FILE:
        path = _text(
            at, "path", "File", "A folder, .gguf or .safetensors; only headers are read", "or drop it here"
        )
        yield _noted(path, last, note, "Choose…")
    elif wishes.source == HUB:
        repo = _text(at, "repo", "Name", "Owner and name on the Hugging Face Hub", "Qwen/Qwen3-8B")
        yield _noted(repo, last, note, "Read")
    elif wishes.source == NUMBERS:
        for key, label, example, tip in _NUMBERS:
            yield _noted(_text(at, key, label, tip, example), last, note)


def _sources(at: Situation) -> Iterator[Choice]:
    if at.loaded_name:
        yield Choice(LOADED, f"{at.loaded_name} (loaded)", "The model that is open in the chat")
    yield from (
        Choice(name, preset_title(name), "A released shape; nothing is downloaded")
        for name in released_names()
    )
    yield Choice(FILE, "A folder or file…", "A checkpoint on this machine; only headers are read")
    yield Choice(HUB, "From the Hub…", "A model by its name on the Hugging Face Hub; only headers are read")
    yield Choice(NUMBERS, "Bare numbers…", "Parameters, layers and heads")


def preset_title(name: str) -> str:
    """qwen3-30b-a3b → Qwen3-30B-A3B."""
    return "-".join(
        part.upper() if part[:1].isdigit() or part[:1] == "a" else part.capitalize()
        for part in name.split("-")
    )


def _held_fields(at: Situation) -> Iterator[FieldFrame]:
    yield _picker(
        at, "weight_bits", "Weights", "Bits of a weight", [Choice(str(b), f"{b} bits") for b in WEIGHT_BITS]
    )
    if at.wishes.weight_bits != "16":
        groups = [Choice(str(size), f"{size} weights") for size in GROUPS]
        yield _picker(
            at, "group", "One scale for", "Weights that share a scale: small groups round better", groups
        )
    bits = [Choice(str(b), f"{b} bits") for b in ACTIVATION_BITS]
    yield _picker(
        at, "activation_bits", "Activations", "Bits of an activation; they change the workspace", bits
    )
    yield _picker(
        at,
        "kv_bits",
        "KV cache",
        "How keys and values are held",
        [Choice(str(b), _KV_NAMES[b]) for b in KV_BITS],
    )
    yield _text(at, "lora", "LoRA rank", "Adapters on all seven matrices of a layer, at 16 bits", "none")


def _used_fields(at: Situation) -> Iterator[FieldFrame]:
    limit = at.subject.shape.max_context_tokens if at.subject is not None else None
    tip = "Tokens a chat can have, such as 32k" + (f"; this model takes {limit:,}" if limit else "")
    yield _text(at, "context", "Context", tip, "32k")
    yield _text(at, "batch", "Batch", "Requests computed together; each has a cache of its own", "1")
    yield _text(at, "chats", "Chats", "Conversations whose caches stay; each has a cache of its own", "1")


def _place_fields(at: Situation) -> Iterator[FieldFrame]:
    cards = list(_card_choices(at))
    yield _picker(at, "card", "Card", "What the verdict is about", cards)
    if at.wishes.card == OWN_CARD:
        yield _text(at, "memory", "Memory", "Such as 24 GB (10⁹) or 24 GiB (2³⁰)", "24 GiB")
    others = [Choice(NO_CARD, "nothing"), *cards]
    yield _picker(at, "compare", "Beside it", "Another card to hold it against", others)
    if at.wishes.compare != NO_CARD:
        yield _picker(at, "compare_too", "and", "One more card to hold it against", others)
    yield FieldFrame("display", "Display", at.wishes.display, "A display on the same card takes memory too")
    if at.wishes.display == ON:
        yield _text(
            at,
            "display_memory",
            "takes",
            "What the desktop takes; a compositor with a browser about 600 MiB",
            "600 MiB",
        )
    yield _text(at, "others", "Programs", "What other programs hold on the card", "0")


def _card_choices(at: Situation) -> Iterator[Choice]:
    if at.machine is not None:
        told = f"{at.machine.name}; its memory from {at.machine.source}"
        yield Choice(THIS_MACHINE, f"Here · {size_text(at.machine.memory_bytes)}", told)
    for card in at.cards:
        tip = f"{card.name}; {card.source}"
        yield Choice(card.name, f"{short(card.name)} · {card.memory_bytes / 2**30:g} GiB", tip)
    yield Choice(OWN_CARD, "Another amount…", "An amount of memory that you type")


def _text(at: Situation, key: str, label: str, tooltip: str, example: str) -> FieldFrame:
    return FieldFrame(
        key=key,
        label=label,
        value=getattr(at.wishes, key),
        tooltip=tooltip,
        locked=LOCKS[key] in at.wishes.locks if key in LOCKS else None,
        error=at.errors.get(key, ""),
        placeholder=example,
    )


def _picker(at: Situation, key: str, label: str, tooltip: str, choices: Sequence[Choice]) -> FieldFrame:
    return FieldFrame(
        key=key,
        label=label,
        value=getattr(at.wishes, key),
        tooltip=tooltip,
        choices=tuple(choices),
        locked=LOCKS[key] in at.wishes.locks if key in LOCKS else None,
        error=at.errors.get(key, ""),
    )


def _noted(frame: FieldFrame, last: str, note: str, action: str = "") -> FieldFrame:
    """The line about the model stands below the last of its fields."""
    return FieldFrame(**{**vars(frame), "note": note if frame.key == last else "", "action": action})
