from __future__ import annotations

import math

import pytest

from gpu.errors import RequestError
from gpu.model_shape import ModelShape
from gpu.roofline import Rates, decode_bound, operations_per_token, prefill_bound, weight_bytes_read
from gpu.scheme import Scheme
from tests.gpu.released import shape_of

W4A8, W16A16 = Scheme.parse("W4A8"), Scheme.parse("W16A16")
RATES = Rates(bandwidth_bytes_per_s=1e9, integer_operations_per_s=1e12)


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
    assert weight_bytes_read(shape_of(name), W4A8) / 1e9 == pytest.approx(gigabytes, rel=0.015)


@pytest.mark.parametrize(("name", "gop"), [("qwen3-0.6b", 0.88), ("qwen3-8b", 13.9), ("qwen3-30b-a3b", 5.46)])
def test_operations_of_a_prompt_token(name: str, gop: float) -> None:
    assert operations_per_token(shape_of(name), head=False) / 1e9 == pytest.approx(gop, rel=0.005)


def test_floors_are_amounts_over_rates() -> None:
    shape = ModelShape.from_parameters(10**9, layers=10, kv_heads=2, head_dim=50)
    decode = decode_bound(shape, W4A8, RATES, 1000, batch=3)
    assert decode.amount_bytes == 562_500_000 + 3 * 1000 * 2 * 10 * 2 * 50 * 2
    assert decode.floor_ms == pytest.approx(decode.amount_bytes / 1e6)
    assert decode.by == "bytes"
    prefill = prefill_bound(shape, W4A8, RATES, pass_tokens=1000)
    assert prefill.floor_ms == prefill.computing_ms == pytest.approx(2.0)
    assert prefill.by == "arithmetic"
    assert prefill.reading_ms == pytest.approx(0.5625)


def test_large_batches_are_bound_by_arithmetic() -> None:
    shape = ModelShape.from_parameters(10**9, layers=1, kv_heads=1, head_dim=2)
    bound = decode_bound(shape, W4A8, RATES, 1, batch=1000)
    assert bound.by == "arithmetic"
    assert bound.floor_ms == pytest.approx(2000)


def test_a_batch_reads_the_experts_that_any_of_it_chose() -> None:
    shape = shape_of("qwen3-30b-a3b")
    experts = sum(m.values for m in shape.matrices if ".experts." in m.name) * 4.5 / 8
    one, two, many = (weight_bytes_read(shape, W4A8, tokens) for tokens in (1, 2, 10_000))
    assert two - one == pytest.approx(experts * (8 / 128) * (1 - 8 / 128), rel=1e-6)
    assert many - one == pytest.approx(experts * (1 - 8 / 128), rel=1e-6)


def test_without_rates_there_are_no_floors() -> None:
    bound = decode_bound(shape_of("qwen3-0.6b"), W4A8, Rates(), 4096)
    assert bound.floor_ms is bound.reading_ms is bound.computing_ms is bound.by is None
    known = decode_bound(shape_of("qwen3-0.6b"), W4A8, Rates(bandwidth_bytes_per_s=1e9), 4096)
    assert known.floor_ms == known.reading_ms
    assert known.by is None


def test_integer_products_say_nothing_of_16_bit_activations() -> None:
    assert prefill_bound(shape_of("qwen3-0.6b"), W16A16, RATES).computing_ms is None
    floats = Rates(float_operations_per_s=1e12)
    assert prefill_bound(shape_of("qwen3-0.6b"), W16A16, floats).computing_ms == pytest.approx(0.88, rel=0.01)


@pytest.mark.parametrize("rate", [0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(
    "kind", ["bandwidth_bytes_per_s", "integer_operations_per_s", "float_operations_per_s"]
)
def test_impossible_rates_are_refused(kind: str, rate: float) -> None:
    with pytest.raises(RequestError, match="positive"):
        Rates(**{kind: rate})
