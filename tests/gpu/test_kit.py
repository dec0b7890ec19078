"""The small constants of kernels: each in its place, equal ones once; and what an adapter's kernels are."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from gpu.device import Gpu
from gpu.kernels.lane_check import reference
from gpu.kit import PARAMETERS_BYTES, Kit, pack_step, tiles


def test_copies_of_a_kit_never_place_two_constants_at_one_offset(gpu: Gpu) -> None:
    kit = Kit(gpu)
    other = kit.with_step(kit.new_step())
    places = [kit.uniform("I", 1), other.uniform("I", 2), kit.uniform("I", 3), other.step, kit.step]
    assert len({place.offset_bytes for place in places}) == len(places)


def test_equal_constants_share_a_place(gpu: Gpu) -> None:
    kit = Kit(gpu)
    assert kit.uniform("2I", 7, 8) is kit.with_step(kit.step).uniform("2I", 7, 8)


def test_constants_lie_where_they_can_be_bound_within_the_buffer(gpu: Gpu) -> None:
    kit, alignment = Kit(gpu), gpu.limits["min-uniform-buffer-offset-alignment"]
    for place in (kit.step, kit.uniform("20I", *range(20)), kit.uniform("I12x", 9)):
        assert place.offset_bytes % alignment == 0
        assert place.offset_bytes + place.size_bytes <= PARAMETERS_BYTES == place.buffer.size


def test_more_constants_than_there_is_room_for_are_a_mistake(gpu: Gpu) -> None:
    kit = Kit(gpu)
    with pytest.raises(RuntimeError, match="more constants"):
        fill(kit)


def fill(kit: Kit) -> None:
    for number in range(PARAMETERS_BYTES):
        kit.uniform("I12x", number)


def test_step_is_what_the_shader_declares() -> None:
    assert struct.unpack("<4I", pack_step(tokens=3, position=40, first=2)) == (3, 40, 2, 0)


def test_tiles_cover_all_tokens() -> None:
    assert [tiles(5, 8)(tokens) for tokens in (1, 8, 9)] == [(5, 1), (5, 1), (5, 2)]
    assert tiles(5)(3) == (5, 3)


def test_fragments_for_what_is_left_unused(gpu: Gpu) -> None:
    plain = Kit(replace(gpu, without=frozenset({"subgroup", "dot4"})))
    assert (plain.lanes, plain.dot4) == ("lib/lanes_workgroup", "lib/dot4_scalar")
    assert Kit(gpu).dot4 == "lib/dot4_packed"


def test_subgroups_that_hold_no_whole_teams_are_not_used(gpu: Gpu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu.kit.lane_exchange", lambda _pipelines, _lanes, threads: reference(threads) + 1)
    assert Kit(gpu).lanes == "lib/lanes_workgroup"
