"""What the person's words mean; or, field by field, why they mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from app.calculator.wishes import NUMBER_FIELDS, ON, OWN_CARD, Wishes
from gpu.calculator.device_profile import HARDWARE, DeviceProfile
from gpu.calculator.inputs import CalculatorInputs, Lora
from gpu.calculator.subject import Subject
from gpu.errors import QuantscopeError
from gpu.scheme import DEFAULT_GROUP, Scheme
from gpu.units import parse_bytes, parse_count, parse_parameters

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Surroundings:
    """What the machine, not the person, says: the device, and bytes its driver took in earlier loads."""

    device: DeviceProfile = HARDWARE
    driver_bytes: int | None = None


@dataclass(frozen=True)
class Reading:
    """What the fields mean; `inputs` None where they mean nothing, and `errors` by field say why."""

    inputs: CalculatorInputs | None
    errors: Mapping[str, str] = field(default_factory=dict)
    own_card_bytes: int | None = None


class _Reader:
    """Reads field after field and remembers what was wrong with each."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self.errors: dict[str, str] = {}

    def read(self, key: str, parse: Callable[[str], _Value]) -> _Value | None:
        try:
            return parse(getattr(self._wishes, key))
        except QuantscopeError as error:
            self.errors[key] = str(error)
            return None


def read_numbers(wishes: Wishes) -> tuple[Subject | None, dict[str, str]]:
    """A model typed in as bare numbers, or what is wrong with them."""
    reader = _Reader(wishes)
    parsers = {"params": parse_parameters}
    values = [reader.read(key, parsers.get(key, parse_count)) for key in NUMBER_FIELDS]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(NUMBER_FIELDS):
        return None, reader.errors
    try:
        return Subject.of_numbers(*numbers), {}
    except QuantscopeError as error:
        return None, {_blamed(str(error)): str(error)}


def read_wishes(wishes: Wishes, subject: Subject | None, around: Surroundings) -> Reading:
    """What is asked; where a field is wrong, no inputs and a sentence for that field."""
    reader = _Reader(wishes)
    context, batch, chats = (reader.read(key, parse_count) for key in ("context", "batch", "chats"))
    others = reader.read("others", _bytes_or_none)
    display = reader.read("display_memory", _bytes_or_none) if wishes.display == ON else 0
    lora = reader.read("lora", _lora) if wishes.lora.strip() else None
    own = reader.read("memory", _some_bytes) if wishes.card == OWN_CARD else None
    scheme = reader.read("weight_bits", lambda _: _scheme(wishes))
    if subject is None or reader.errors:
        return Reading(None, reader.errors, own)
    try:
        inputs = CalculatorInputs(
            subject=subject,
            scheme=scheme or Scheme(16, 16),
            context_tokens=context or 0,
            batch=batch or 0,
            chats=chats or 0,
            lora=lora,
            display_bytes=display or 0,
            other_programs_bytes=others or 0,
            driver_bytes=around.driver_bytes,
            device=around.device,
        )
    except QuantscopeError as error:
        return Reading(None, {_blamed(str(error)): str(error)}, own)
    return Reading(inputs, {}, own)


def _scheme(wishes: Wishes) -> Scheme:
    weight, activation = int(wishes.weight_bits), int(wishes.activation_bits)
    group = int(wishes.group) if weight < 16 else DEFAULT_GROUP
    return Scheme(weight, activation, group, kv_bits=int(wishes.kv_bits))


def _bytes_or_none(text: str) -> int:
    """An empty field is no bytes."""
    return parse_bytes(text) if text.strip() else 0


def _lora(text: str) -> Lora:
    return Lora(parse_count(text))


def _some_bytes(text: str) -> int:
    size = parse_bytes(text)
    if size < 1:
        parse_bytes("")  # says how to write an amount
    return size


def _blamed(sentence: str) -> str:
    """The field that a complaint about the whole is shown beside."""
    words = {
        "context": "context",
        "batch": "batch",
        "chats": "chats",
        "display": "display_memory",
        "other programs": "others",
        "parameters": "params",
        "layers": "layers",
        "key-value heads": "kv_heads",
        "values a head": "head_dim",
    }
    return next((key for word, key in words.items() if word in sentence), "context")
