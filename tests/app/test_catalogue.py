from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.catalogue import find_card, load_catalogue
from gpu.errors import QuantscopeError, RequestError
from tests.gpu.sentences import is_one_sentence

GIB = 2**30


def test_every_entry_is_plausible_and_names_its_source() -> None:
    cards = load_catalogue()
    assert len(cards) >= 40
    assert len({card.name.lower() for card in cards}) == len(cards)
    for card in cards:
        assert 4 * GIB <= card.memory_bytes <= 200 * GIB
        assert 100e9 <= card.bandwidth_bytes_per_s <= 10e12
        assert card.int8_operations_per_s is None or 50e12 <= card.int8_operations_per_s <= 5e15
        assert card.source


def test_units_are_bytes_and_operations() -> None:
    card = find_card("NVIDIA GeForce RTX 4090")
    assert card.memory_bytes == 24 * GIB
    assert card.bandwidth_bytes_per_s == 1008e9
    assert card.int8_operations_per_s == pytest.approx(660.6e12)
    assert find_card("AMD Radeon RX 7900 XTX").int8_operations_per_s is None


@pytest.mark.parametrize("card", load_catalogue(), ids=lambda card: card.name)
def test_every_card_is_found_by_its_own_name(card: object) -> None:
    assert find_card(card.name.upper()) == card


def test_a_part_of_the_name_will_do_where_it_is_clear() -> None:
    assert find_card("rtx 3080").name == "NVIDIA GeForce RTX 3080"
    assert find_card("3080 ti").name == "NVIDIA GeForce RTX 3080 Ti"
    assert find_card("arc a770").name == "Intel Arc A770 16GB"


@pytest.mark.parametrize("name", ["", "Voodoo 2", "4"])
def test_unknown_cards_are_refused(name: str) -> None:
    with pytest.raises(RequestError, match="No card"):
        find_card(name)


def test_unclear_names_list_the_candidates() -> None:
    with pytest.raises(RequestError, match="A100 SXM4 40GB, NVIDIA A100 SXM4 80GB"):
        find_card("a100")


def own(tmp_path: Path, text: str) -> Path:
    (tmp_path / "gpus.json").write_text(text)
    return tmp_path / "gpus.json"


def test_a_person_adds_cards_and_replaces_known_ones(tmp_path: Path) -> None:
    cards = [
        {"name": "My card", "memory_gib": 10.5, "bandwidth_gb_per_s": 100},
        {"name": "nvidia geforce rtx 4090", "memory_gib": 48, "bandwidth_gb_per_s": 1008, "source": "modded"},
    ]
    file = own(tmp_path, json.dumps({"cards": cards}))
    mine = find_card("my card", file)
    assert (mine.memory_bytes, mine.is_own, mine.source) == (int(10.5 * GIB), True, "your own file")
    assert find_card("rtx 4090", file).memory_bytes == 48 * GIB
    assert len(load_catalogue(file)) == len(load_catalogue(tmp_path / "none.json")) + 1


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"cards": 3}',
        '{"cards": [3]}',
        '{"cards": [{"memory_gib": 3}]}',
        '{"cards": [{"name": "x", "memory_gib": -3, "bandwidth_gb_per_s": 1}]}',
        '{"cards": [{"name": "x", "memory_gib": 3, "bandwidth_gb_per_s": "fast"}]}',
        '{"cards": [{"name": " ", "memory_gib": 3, "bandwidth_gb_per_s": 1}]}',
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(QuantscopeError) as failure:
        load_catalogue(own(tmp_path, text))
    assert is_one_sentence(str(failure.value))
    assert "gpus.json" in str(failure.value)
