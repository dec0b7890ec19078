from __future__ import annotations

import functools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.budget import kv_bytes_per_token, plan
from gpu.errors import RequestError
from gpu.model_shape import ModelShape
from gpu.qwen3.released import released_config
from gpu.scheme import Scheme

GIB = 2**30
# Key-value cache in KiB a token at 16 bits.
RELEASED = {
    "qwen3-0.6b": 112,
    "qwen3-1.7b": 112,
    "qwen3-4b": 144,
    "qwen3-8b": 144,
    "qwen3-14b": 160,
    "qwen3-32b": 256,
    "qwen3-30b-a3b": 96,
    "qwen3-235b-a22b": 188,
}
schemes = st.sampled_from(
    ["W16A16", "W16A16+kv16", "W8A8", "W4A8", "W4-g128A16", "W4A8+kv8", "W8-g64A8+kv4", "W6A8"]
)


@functools.cache
def released(name: str) -> ModelShape:
    return ModelShape.from_config(released_config(name))


def evaluate(formula: str) -> float:
    """The formula as a pocket calculator reads it."""
    assert formula.endswith(" B")
    product = 1.0
    for factor in formula[:-2].split(" · "):
        numerator, _, denominator = factor.partition("/")
        product *= int(numerator) / int(denominator or 1)
    return product


def test_the_worked_example() -> None:
    shape = ModelShape.from_parameters(8 * 10**9, layers=32, kv_heads=8, head_dim=128)
    one = plan(shape, Scheme.parse("W4-g128A8"), context_tokens=8192)
    assert one.weights_bytes == 4_000_000_000
    assert one.scales_bytes == 125_000_000
    assert one.other_weights_bytes == one.workspace_bytes == 0
    assert one.kv_cache_bytes == GIB
    assert one.total_bytes == 4_125_000_000 + GIB
    eight = plan(shape, Scheme.parse("W4-g128A8"), context_tokens=8192, batch=8)
    assert eight.kv_cache_bytes == 8 * GIB > eight.weights_bytes + eight.scales_bytes


@pytest.mark.parametrize(("name", "kib"), RELEASED.items())
def test_cache_of_the_released_models(name: str, kib: int) -> None:
    shape = released(name)
    assert kv_bytes_per_token(shape, Scheme.parse("W4A8")) == kib * 1024
    assert kv_bytes_per_token(shape, Scheme.parse("W16A16")) == 2 * kib * 1024
    assert kv_bytes_per_token(shape, Scheme.parse("W4A8+kv8")) == kib * 1024 * 0.53125
    assert kv_bytes_per_token(shape, Scheme.parse("W4A8+kv4")) == kib * 1024 * 0.28125


@pytest.mark.parametrize("name", RELEASED)
def test_weights_of_the_released_models(name: str) -> None:
    """All their widths are whole groups, so bytes are parameters times bits; a tied embedding counts once."""
    shape = released(name)
    budget = plan(shape, Scheme.parse("W4A8"), 1)
    routers = sum(matrix.values for matrix in shape.matrices if not matrix.is_quantized)
    quantized = shape.parameters - shape.norm_values - routers
    assert budget.weights_bytes == quantized // 2 + routers * 2
    assert budget.scales_bytes == quantized // 32 * 2
    assert budget.other_weights_bytes == shape.norm_values * 4
    reference = plan(shape, Scheme.parse("W16A16"), 1)
    assert reference.weights_bytes == (shape.parameters - shape.norm_values) * 2
    assert reference.scales_bytes == 0


@given(
    st.sampled_from(sorted(RELEASED)),
    schemes,
    st.integers(1, 2**20),
    st.integers(1, 64),
    st.integers(0, 10**9),
)
def test_every_formula_gives_its_bytes(
    name: str, scheme: str, context: int, batch: int, workspace: int
) -> None:
    budget = plan(released(name), Scheme.parse(scheme), context, batch, workspace)
    for term in budget.terms:
        assert evaluate(term.formula) == pytest.approx(term.size_bytes, rel=1e-12)
    parts = (
        budget.weights_bytes,
        budget.scales_bytes,
        budget.other_weights_bytes,
        budget.kv_cache_bytes,
        budget.workspace_bytes,
    )
    assert budget.total_bytes == sum(parts)
    assert budget.workspace_bytes == workspace
    assert budget.kv_cache_bytes == budget.kv_bytes_per_token * context * batch


def test_the_formula_of_the_cache_shows_its_numbers() -> None:
    budget = plan(released("qwen3-4b"), Scheme.parse("W4A8"), 8192)
    formulas = {term.name: term.formula for term in budget.terms if term.purpose == "kv_cache"}
    assert formulas == {"keys and values": "2 · 36 · 8 · 128 · 8192 · 2 B"}


def test_rows_are_padded_to_whole_groups() -> None:
    shape = ModelShape.from_parameters(100, layers=1, kv_heads=1, head_dim=2)
    budget = plan(shape, Scheme.parse("W4-g64A8"), 1)
    assert budget.weights_bytes == 64
    assert budget.scales_bytes == 4


def test_a_float32_checkpoint_keeps_its_bits_in_the_reference() -> None:
    shape = released("qwen3-0.6b")
    half, full = (plan(shape, Scheme.parse("W16A16"), 1, unquantized_bits=bits) for bits in (16, 32))
    assert full.weights_bytes == 2 * half.weights_bytes


def test_summary_is_json_with_the_documented_keys() -> None:
    summary = plan(released("qwen3-0.6b"), Scheme.parse("W4A8"), 4096, workspace_bytes=5).summary()
    json.dumps(summary, allow_nan=False)
    assert {
        "weights_bytes",
        "scales_bytes",
        "other_weights_bytes",
        "kv_cache_bytes",
        "kv_bytes_per_token",
        "workspace_bytes",
        "total_bytes",
    } < set(summary)
    assert sum(term["bytes"] for term in summary["terms"]) == summary["total_bytes"]


@pytest.mark.parametrize(
    ("context", "batch"), [(0, 1), (-1, 1), (2**31, 1), (1, 0), (1, 10**9), (1.5, 1), (True, 1)]
)
def test_absurd_requests_are_refused(context: int, batch: int) -> None:
    with pytest.raises(RequestError, match="must be between 1 and"):
        plan(released("qwen3-0.6b"), Scheme.parse("W4A8"), context, batch)
