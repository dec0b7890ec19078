"""What the person typed and picked, as text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gpu.errors import QuantscopeError
from gpu.scheme import Scheme
from gpu.units import parse_count

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.fitting import Knob
    from gpu.calculator.inputs import CalculatorInputs

LOADED, FILE, HUB, NUMBERS = "loaded", "file", "hub", "numbers"
OWN_CARD = "own"
NO_CARD = ""
ON, OFF = "on", "off"
NUMBER_FIELDS = ("params", "layers", "kv_heads", "head_dim")


@dataclass(frozen=True)
class Wishes:
    """`source` is the name of a released shape or one of LOADED, FILE, HUB and NUMBERS; `card`, `compare` and
    `compare_too` are names of cards, OWN_CARD or NO_CARD. `locks` name what must not move: context, kv,
    batch, chats, bits."""

    source: str = "qwen3-8b"
    path: str = ""
    repo: str = "Qwen/Qwen3-8B"
    params: str = "8B"
    layers: str = "32"
    kv_heads: str = "8"
    head_dim: str = "128"
    weight_bits: str = "4"
    group: str = "32"
    activation_bits: str = "8"
    kv_bits: str = "16"
    context: str = "8k"
    batch: str = "1"
    chats: str = "1"
    lora: str = ""
    card: str = NO_CARD
    memory: str = "24 GiB"
    compare: str = NO_CARD
    compare_too: str = NO_CARD
    display: str = OFF
    display_memory: str = "600 MiB"
    others: str = ""
    locks: frozenset[Knob] = frozenset()

    def with_value(self, key: str, text: str) -> Wishes:
        """One field as it was typed."""
        fields: dict[str, Any] = {key: text}
        return replace(self, **fields)

    def with_lock(self, knob: Knob, on: bool) -> Wishes:
        return replace(self, locks=self.locks | {knob} if on else self.locks - {knob})

    def held_as(self, scheme: Scheme) -> Wishes:
        """Weights, activations and cache as a scheme has them."""
        return replace(
            self,
            weight_bits=str(scheme.weight_bits),
            activation_bits=str(scheme.activation_bits),
            group=str(scheme.group),
            kv_bits=str(scheme.kv_bits),
        )

    def following(self, inputs: CalculatorInputs) -> Wishes:
        """The fields that an edge can move, as `inputs` have them; a text that says the same is kept."""
        return replace(
            self.held_as(inputs.scheme),
            context=_kept(self.context, inputs.context_tokens),
            batch=_kept(self.batch, inputs.batch),
            chats=_kept(self.chats, inputs.chats),
        )


def _kept(text: str, value: int) -> str:
    try:
        return text if parse_count(text) == value else str(value)
    except QuantscopeError:
        return str(value)
