"""Cards a model might lie on."""

from __future__ import annotations

from dataclasses import replace

from app.calculator.rooms import THIS_MACHINE, machine_room, rooms_for, short
from app.calculator.wishes import OWN_CARD, Wishes
from app.catalogue import built_in_cards
from gpu.roofline import Rates
from tests.app.fake_engine import ADAPTER

CARDS = built_in_cards()
RTX = "NVIDIA GeForce RTX 4090"


def test_the_chosen_cards_come_in_their_order_each_once() -> None:
    wishes = Wishes(card=OWN_CARD, compare=RTX, compare_too=RTX)
    found = rooms_for(wishes, None, CARDS, 1000)
    assert [(room.name, room.memory_bytes) for room in found] == [
        ("your own amount", 1000),
        ("RTX 4090", 24 * 2**30),
    ]
    assert rooms_for(Wishes(card="no such card"), None, CARDS, None) == ()


def test_this_machines_adapter_has_what_was_measured_before_what_is_printed() -> None:
    adapter = replace(ADAPTER, name=f"{RTX} (driver 1.2)")
    printed = machine_room(adapter, CARDS, None)
    assert printed is not None
    assert (printed.key, printed.name, printed.rates.bandwidth_bytes_per_s) == (THIS_MACHINE, RTX, 1008e9)
    measured = machine_room(adapter, CARDS, Rates(5e11, is_measured=True))
    assert measured is not None
    assert measured.rates.is_measured


def test_an_adapter_of_unknown_memory_is_no_room() -> None:
    assert machine_room(replace(ADAPTER, total_bytes=None), CARDS, None) is None
    assert machine_room(None, CARDS, None) is None


def test_names_lose_their_makers() -> None:
    assert short("AMD Radeon RX 7900 XTX") == "RX 7900 XTX"
    assert short("Something else") == "Something else"
