from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.budget import Term, kv_bytes_per_token, shape_terms
from gpu.model_shape import ModelShape
from gpu.scheme import Scheme
from tests.gpu.formulas import evaluate
from tests.gpu.released import RELEASED, shape_of

GIB = 2**30
schemes = st.sampled_from(
    ["W16A16", "W16A16+kv16", "W8A8", "W4A8", "W4-g128A16", "W4A8+kv8", "W8-g64A8+kv4", "W6A8"]
)


def size_of(terms: tuple[Term, ...], purpose: str) -> int:
    return sum(term.size_bytes for term in terms if term.purpose == purpose)


def terms_of(
    shape: ModelShape, scheme: str, context: int, requests: int = 1, bits: int = 16
) -> tuple[Term, ...]:
    return shape_terms(shape, Scheme.parse(scheme), context, requests, bits)


def test_the_worked_example() -> None:
    shape = ModelShape.from_parameters(8 * 10**9, layers=32, kv_heads=8, head_dim=128)
    one = terms_of(shape, "W4-g128A8", 8192)
    assert {term.purpose: term.size_bytes for term in one} == {
        "weights": 4_000_000_000,
        "scales": 125_000_000,
        "kv_cache": GIB,
    }
    eight = terms_of(shape, "W4-g128A8", 8192, requests=8)
    assert size_of(eight, "kv_cache") == 8 * GIB > 4_125_000_000


@pytest.mark.parametrize(("name", "facts"), RELEASED.items())
def test_cache_of_the_released_models(name: str, facts: tuple[int, int]) -> None:
    token = facts[1] * 1024
    found = [kv_bytes_per_token(shape_of(name), bits) for bits in (32, 16, 8, 4)]
    assert found == [2 * token, token, token * 0.53125, token * 0.28125]


@pytest.mark.parametrize("name", RELEASED)
def test_weights_of_the_released_models(name: str) -> None:
    """All their widths are whole groups, so bytes are parameters times bits; a tied embedding counts once."""
    shape = shape_of(name)
    found = terms_of(shape, "W4A8", 1)
    routers = sum(matrix.values for matrix in shape.matrices if not matrix.is_quantized)
    quantized = shape.parameters - shape.norm_values - routers
    assert size_of(found, "weights") == quantized // 2 + routers * 2
    assert size_of(found, "scales") == quantized // 32 * 2
    assert size_of(found, "norms") == shape.norm_values * 4
    reference = terms_of(shape, "W16A16", 1)
    assert size_of(reference, "weights") == (shape.parameters - shape.norm_values) * 2
    assert size_of(reference, "scales") == 0


@given(st.sampled_from(sorted(RELEASED)), schemes, st.integers(1, 2**20), st.integers(1, 64))
def test_every_formula_gives_its_bytes(name: str, scheme: str, context: int, requests: int) -> None:
    found = terms_of(shape_of(name), scheme, context, requests)
    assert [math.ceil(evaluate(term.formula)) for term in found] == [term.size_bytes for term in found]
    token = kv_bytes_per_token(shape_of(name), Scheme.parse(scheme).kv_bits)
    assert size_of(found, "kv_cache") == token * context * requests


def test_rows_are_padded_to_whole_groups() -> None:
    shape = ModelShape.from_parameters(100, layers=1, kv_heads=1, head_dim=2)
    found = terms_of(shape, "W4-g64A8", 1)
    assert (size_of(found, "weights"), size_of(found, "scales")) == (64, 4)


def test_a_float32_checkpoint_keeps_its_bits_in_the_reference() -> None:
    half, full = (size_of(terms_of(shape_of("qwen3-0.6b"), "W16A16", 1, bits=b), "weights") for b in (16, 32))
    assert full == 2 * half
