"""The memory a model might lie in: this machine's adapter, cards of the catalogue, or an amount typed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.calculator.wishes import NO_CARD, OWN_CARD, Wishes
from app.catalogue import Card
from gpu.roofline import Rates

if TYPE_CHECKING:
    from gpu.device import AdapterInfo

THIS_MACHINE = "this machine"


@dataclass(frozen=True)
class Room:
    """`source` says who told its memory; `rates` are as far as they are known."""

    key: str
    name: str
    memory_bytes: int
    source: str
    rates: Rates


def machine_room(adapter: AdapterInfo | None, cards: Iterable[Card], measured: Rates | None) -> Room | None:
    """The adapter of this machine; None while nobody knows how much it has. Rates that were measured come
    before the catalogue's."""
    if adapter is None or adapter.total_bytes is None:
        return None
    name = adapter.name.partition(" (")[0]
    card = next((card for card in cards if _same(card.name, name)), None)
    rates = measured or (card.rates if card is not None else Rates())
    return Room(THIS_MACHINE, name, adapter.total_bytes, adapter.total_source, rates)


def rooms_for(
    wishes: Wishes, machine: Room | None, cards: Sequence[Card], own_bytes: int | None
) -> tuple[Room, ...]:
    """The rooms the person chose, the one that the verdict is about first; each once."""
    known = {
        card.name: Room(card.name, short(card.name), card.memory_bytes, card.source, card.rates)
        for card in cards
    }
    if machine is not None:
        known[THIS_MACHINE] = machine
    if own_bytes is not None:
        known[OWN_CARD] = Room(OWN_CARD, "your own amount", own_bytes, "typed in", Rates())
    wanted = dict.fromkeys((wishes.card, wishes.compare, wishes.compare_too))
    return tuple(known[key] for key in wanted if key != NO_CARD and key in known)


def short(name: str) -> str:
    """A card's name without its maker's: "RTX 4090"."""
    for prefix in ("NVIDIA GeForce ", "NVIDIA ", "AMD Radeon ", "AMD ", "Intel "):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _same(card: str, adapter: str) -> bool:
    """Drivers say "AMD Radeon RX 7900 XTX (RADV …)" or leave the maker out."""
    return short(card).lower() == short(adapter).lower()
