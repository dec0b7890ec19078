"""The catalogue of graphics cards: what they hold and how fast they read, from the vendors' own figures.

A person adds to it with a file `gpus.json` of the same form in the configuration directory; a card of a known
name takes the place of the known one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs

from gpu.checkpoints.json_file import read_object
from gpu.errors import FormatError, RequestError
from gpu.qwen3.config_fields import Fields
from gpu.roofline import Rates

_FILE = "gpus.json"
_GIB = 2**30
_OWN_SOURCE = "your own file"


@dataclass(frozen=True)
class Card:
    """`int8_operations_per_s` are those of its matrix units, dense, and None where not vouched for. `is_own`:
    it comes from the person's file."""

    name: str
    memory_bytes: int
    bandwidth_bytes_per_s: float
    int8_operations_per_s: float | None
    source: str
    is_own: bool = False

    @property
    def rates(self) -> Rates:
        return Rates(self.bandwidth_bytes_per_s, self.int8_operations_per_s, source=self.source)


def own_cards_path() -> Path:
    """Where a person's own cards are looked for."""
    return Path(platformdirs.user_config_dir("quantscope", appauthor=False)) / _FILE


def load_catalogue(own: Path | None = None) -> tuple[Card, ...]:
    """The person's own cards, then all others in the order of their file.

    `own` None looks for the person's file where it should be.

    Raises:
        FormatError, ConfigError: the person's file is broken.
    """
    path = own_cards_path() if own is None else own
    extra = tuple(_read(path, is_own=True)) if path.exists() else ()
    names = {card.name.lower() for card in extra}
    return (*extra, *(card for card in built_in_cards() if card.name.lower() not in names))


def built_in_cards() -> tuple[Card, ...]:
    """The cards that come along, in the order of their file."""
    return tuple(_read(Path(str(resources.files("assets") / _FILE)), is_own=False))


def find_card(name: str, own: Path | None = None) -> Card:
    """The card called `name`, or the only one whose name contains all of its words.

    Raises:
        RequestError: no card is called so, or several are.
        FormatError, ConfigError: the person's file is broken.
    """
    words = name.lower().split()
    cards = load_catalogue(own)
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


def _read(path: Path, *, is_own: bool) -> Iterator[Card]:
    cards = read_object(path).get("cards")
    if not isinstance(cards, list) or not all(isinstance(card, dict) for card in cards):
        raise FormatError(path, '"cards" must be a list of objects, one a card.')
    yield from (_card(Fields(card, path), is_own=is_own) for card in cards)


def _card(fields: Fields, *, is_own: bool) -> Card:
    name, source = fields.get("name"), fields.get("source") or _OWN_SOURCE
    if not isinstance(name, str) or not name.strip() or not isinstance(source, str):
        raise fields.error("name", "and source of a card must be text")
    tops = fields.number("int8_tensor_tops") * 1e12 if fields.has("int8_tensor_tops") else None
    return Card(
        name=name.strip(),
        memory_bytes=int(fields.number("memory_gib") * _GIB),
        bandwidth_bytes_per_s=fields.number("bandwidth_gb_per_s") * 1e9,
        int8_operations_per_s=tops,
        source=source,
        is_own=is_own,
    )
