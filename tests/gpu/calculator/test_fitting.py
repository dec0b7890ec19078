from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.calculator.estimate import estimate
from gpu.calculator.fitting import KNOBS, TABLE_SCHEMES, largest_context, largest_contexts, stretch
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.subject import Subject
from gpu.errors import RequestError
from gpu.scheme import Scheme
from tests.gpu.released import subject_of

W4A8 = Scheme.parse("W4A8")
WISH = CalculatorInputs(subject_of("qwen3-0.6b"), W4A8, 4096)
schemes = st.sampled_from(TABLE_SCHEMES).map(Scheme.parse)


@settings(max_examples=25, deadline=None)
@given(schemes, st.integers(10**6, 40 * 10**9), st.integers(1, 4))
def test_the_largest_context_fits_and_one_more_token_does_not(
    scheme: Scheme, available: int, batch: int
) -> None:
    wish = replace(WISH, scheme=scheme, batch=batch)
    fit = largest_context(wish, available)
    assert fit.total_bytes == estimate(replace(wish, context_tokens=max(fit.context_tokens, 1))).total_bytes
    assert fit.total_bytes <= available or fit.context_tokens == 0
    limit = WISH.subject.shape.max_context_tokens
    more = replace(wish, context_tokens=fit.context_tokens + 1)
    assert fit.context_tokens == limit or estimate(more).total_bytes > available


def test_a_model_without_a_limit_of_its_own_is_limited_by_memory_alone() -> None:
    subject = Subject.of_numbers(10**6, layers=1, kv_heads=1, head_dim=64)
    fit = largest_context(CalculatorInputs(subject, W4A8), 10**9)
    assert fit.context_tokens == (10**9 - 562_500) // 256


def test_every_scheme_has_its_row() -> None:
    fits = largest_contexts(WISH, [Scheme.parse(name) for name in TABLE_SCHEMES], 2 * 10**9)
    assert [str(fit.scheme) for fit in fits] == list(TABLE_SCHEMES)
    by_scheme = {str(fit.scheme): fit.context_tokens for fit in fits}
    assert by_scheme["W16A16"] < by_scheme["W8A8"] < by_scheme["W4A8"] < by_scheme["W4A8+kv8"]


@pytest.mark.parametrize("available", [0, -1, 2**70])
def test_absurd_memory_is_refused(available: int) -> None:
    with pytest.raises(RequestError, match="available bytes"):
        largest_context(WISH, available)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KNOBS), st.integers(-(10**6), 40 * 10**9), st.integers(1, 3))
def test_a_stretched_knob_fills_what_it_is_given(knob: str, total: int, chats: int) -> None:
    wish = replace(WISH, batch=2, chats=chats)
    found = stretch(wish, knob, total)
    if estimate(found).total_bytes > total:  # then it is at its least
        assert (found.context_tokens, found.batch, found.chats) == (
            1 if knob == "context" else wish.context_tokens,
            1 if knob == "batch" else wish.batch,
            1 if knob == "chats" else wish.chats,
        )
        assert knob != "kv" or found.scheme.kv_bits == 4
        assert knob != "bits" or found.scheme.weight_bits == 2
    if knob == "batch" and estimate(found).total_bytes <= total:
        assert estimate(replace(found, batch=found.batch + 1)).total_bytes > total


def test_stretching_turns_one_knob_only() -> None:
    now = estimate(WISH).total_bytes
    assert stretch(WISH, "kv", now) == WISH
    assert stretch(WISH, "bits", now) == WISH
    assert stretch(WISH, "batch", now) == WISH
    assert stretch(WISH, "context", now).context_tokens == 4096
