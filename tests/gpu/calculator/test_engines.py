"""Formulas of other engines against files and logs that were published."""

from __future__ import annotations

import math

import pytest

from gpu.calculator.engines import MIB, OTHER_ENGINES, awq_weight_terms, what_if
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.subject import Subject
from gpu.scheme import Scheme
from tests.gpu.formulas import evaluate
from tests.gpu.released import RELEASED, shape_of, subject_of

W4A8 = Scheme.parse("W4A8")
ENGINES = {engine.key: engine for engine in OTHER_ENGINES}


def test_weights_of_8b_awq_are_those_of_the_file() -> None:
    size = sum(term.size_bytes for term in awq_weight_terms(shape_of("qwen3-8b")))
    assert round(size / MIB) == 5816


def test_llama_cpp_reports_this_compute_buffer() -> None:
    """n_ubatch 512 with a vocabulary of 151,936: 304.75 MiB at a width of 4,096, 300.75 at 2,048."""
    for model, mib in (("qwen3-8b", 304.75), ("qwen3-1.7b", 300.75)):
        found = what_if(ENGINES["llama.cpp"], CalculatorInputs(subject_of(model), W4A8))
        work = sum(term.size_bytes for term in found.terms if term.purpose == "workspace")
        assert work / MIB == mib


def test_llama_cpp_leaves_an_untied_embedding_in_system_memory() -> None:
    names = {
        model: [
            term.name
            for term in what_if(ENGINES["llama.cpp"], CalculatorInputs(subject_of(model), W4A8)).terms
        ]
        for model in ("qwen3-8b", "qwen3-4b")
    }
    assert not any(name.startswith("embed_tokens") for name in names["qwen3-8b"])
    assert "embed_tokens (Q6_K)" in names["qwen3-4b"]


@pytest.mark.parametrize(("model", "gigabytes"), [("qwen3-4b", 2.90), ("qwen3-8b", 5.03)])
def test_mlx_peaks_lie_within_the_band(model: str, gigabytes: float) -> None:
    """Mean peaks of short tasks on an Apple M4 Pro, as published with a benchmark."""
    found = what_if(ENGINES["mlx"], CalculatorInputs(subject_of(model), W4A8, 512))
    assert found.low_bytes <= gigabytes * 1e9 <= found.high_bytes


@pytest.mark.parametrize("engine", OTHER_ENGINES, ids=lambda engine: engine.key)
@pytest.mark.parametrize("model", RELEASED)
def test_nothing_is_passed_off_as_exact(engine: object, model: str) -> None:
    found = what_if(engine, CalculatorInputs(subject_of(model), W4A8, 8192, batch=2))
    assert {term.label for term in found.terms} == {"estimated"}
    assert [math.ceil(evaluate(term.formula)) for term in found.terms] == [t.size_bytes for t in found.terms]
    assert found.low_bytes < found.total_bytes < found.high_bytes
    assert engine.source
    assert engine.notes
    cache = sum(term.size_bytes for term in found.terms if term.purpose == "kv_cache")
    assert cache == RELEASED[model][1] * 1024 * 8192 * 2


def test_a_model_of_few_numbers_has_a_wider_band() -> None:
    numbers = Subject.of_numbers(8 * 10**9, layers=32, kv_heads=8, head_dim=128)
    for engine in OTHER_ENGINES:
        assert what_if(engine, CalculatorInputs(numbers, W4A8)).error > engine.error
