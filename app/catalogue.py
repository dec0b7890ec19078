"""The catalogue of graphics cards: what they hold and how fast they read, from the vendors' own figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources

from gpu.errors import RequestError

_FILE = "gpus.json"
_GIB = 2**30


@dataclass(frozen=True)
class Card:
    """`int8_operations_per_s` are those of its matrix units, dense, and None where not vouched for."""

    name: str
    memory_bytes: int
    bandwidth_bytes_per_s: float
    int8_operations_per_s: float | None
    source: str


def load_catalogue() -> tuple[Card, ...]:
    """All cards, in the order of the file."""
    document = json.loads((resources.files("assets") / _FILE).read_text(encoding="utf-8"))
    return tuple(
        Card(
            name=card["name"],
            memory_bytes=card["memory_gib"] * _GIB,
            bandwidth_bytes_per_s=card["bandwidth_gb_per_s"] * 1e9,
            int8_operations_per_s=card["int8_tensor_tops"] and card["int8_tensor_tops"] * 1e12,
            source=card["source"],
        )
        for card in document["cards"]
    )


def find_card(name: str) -> Card:
    """The card called `name`, or the only one whose name contains all of its words.

    Raises:
        RequestError: no card is called so, or several are.
    """
    words = name.lower().split()
    cards = load_catalogue()
    exact = [card for card in cards if card.name.lower().split() == words]
    # The words as a run at the name's end, so that "RTX 3080" is not also the "RTX 3080 Ti".
    ending = [card for card in cards if words and card.name.lower().split()[-len(words) :] == words]
    containing = [card for card in cards if words and set(words) <= set(card.name.lower().split())]
    for found in (exact, ending, containing):
        if len(found) == 1:
            return found[0]
    if not containing:
        raise RequestError(
            f"No card in the catalogue is called '{name}'; give its memory instead, such as 24GiB."
        )
    raise RequestError(
        f"'{name}' could be {', '.join(card.name for card in containing)}; write more of its name."
    )
