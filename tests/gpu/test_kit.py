"""The small constants of kernels: each in its place, equal ones once."""

from __future__ import annotations

from gpu.device import Gpu
from gpu.kit import Kit


def test_copies_of_a_kit_never_place_two_constants_at_one_offset(gpu: Gpu) -> None:
    kit = Kit(gpu)
    other = kit.with_step(kit.new_step())
    places = [kit.uniform("I", 1), other.uniform("I", 2), kit.uniform("I", 3), other.step, kit.step]
    assert len({place.offset_bytes for place in places}) == len(places)


def test_equal_constants_share_a_place(gpu: Gpu) -> None:
    kit = Kit(gpu)
    assert kit.uniform("2I", 7, 8) is kit.with_step(kit.step).uniform("2I", 7, 8)
