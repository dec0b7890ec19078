from __future__ import annotations

import math

import pytest

from gpu.errors import RequestError
from gpu.model_shape import ModelShape
from gpu.qwen3.released import released_config
from gpu.roofline import speed_floor
from gpu.scheme import Scheme

W4A8 = Scheme.parse("W4A8")


def released(name: str) -> ModelShape:
    return ModelShape.from_config(released_config(name))


@pytest.mark.parametrize(
    ("name", "gigabytes"),
    [
        ("qwen3-0.6b", 0.34),
        ("qwen3-1.7b", 0.97),
        ("qwen3-4b", 2.26),
        ("qwen3-8b", 4.26),
        ("qwen3-32b", 18.0),
        ("qwen3-30b-a3b", 1.73),
    ],
)
def test_bytes_of_a_decoded_token(name: str, gigabytes: float) -> None:
    assert speed_floor(released(name), W4A8, 1).decode_bytes / 1e9 == pytest.approx(gigabytes, rel=0.015)


@pytest.mark.parametrize(("name", "gop"), [("qwen3-0.6b", 0.88), ("qwen3-8b", 13.9), ("qwen3-30b-a3b", 5.46)])
def test_operations_of_a_prompt_token(name: str, gop: float) -> None:
    assert speed_floor(released(name), W4A8, 1).prefill_operations / 1e9 == pytest.approx(gop, rel=0.005)


def test_floors_are_amounts_over_rates() -> None:
    shape = ModelShape.from_parameters(10**9, layers=10, kv_heads=2, head_dim=50)
    floor = speed_floor(shape, W4A8, 1000, batch=3, bandwidth_bytes_per_s=1e9, operations_per_s=1e12)
    assert floor.decode_bytes == 562_500_000 + 3 * 1000 * 2 * 10 * 2 * 50 * 2
    assert floor.decode_floor_ms == pytest.approx(floor.decode_bytes / 1e6)
    assert floor.prefill_floor_ms_per_token == pytest.approx(2.0)
    assert floor.decode_bound_by == "bytes"


def test_large_batches_are_bound_by_arithmetic() -> None:
    shape = ModelShape.from_parameters(10**9, layers=1, kv_heads=1, head_dim=2)
    floor = speed_floor(shape, W4A8, 1, batch=1000, bandwidth_bytes_per_s=1e9, operations_per_s=1e12)
    assert floor.decode_bound_by == "arithmetic"
    assert floor.decode_floor_ms == pytest.approx(2000)


def test_without_rates_there_are_no_floors() -> None:
    floor = speed_floor(released("qwen3-0.6b"), W4A8, 4096)
    assert floor.decode_floor_ms is floor.prefill_floor_ms_per_token is floor.decode_bound_by is None
    assert speed_floor(released("qwen3-0.6b"), W4A8, 1, bandwidth_bytes_per_s=1e9).decode_floor_ms is not None


@pytest.mark.parametrize("rate", [0, -1.0, math.nan, math.inf])
def test_impossible_rates_are_refused(rate: float) -> None:
    with pytest.raises(RequestError, match="positive"):
        speed_floor(released("qwen3-0.6b"), W4A8, 1, bandwidth_bytes_per_s=rate)
    with pytest.raises(RequestError, match="positive"):
        speed_floor(released("qwen3-0.6b"), W4A8, 1, operations_per_s=rate)
