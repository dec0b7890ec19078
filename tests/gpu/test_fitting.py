from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.budget import plan
from gpu.errors import RequestError
from gpu.fitting import Fit, largest_fit, suggestion
from gpu.model_shape import ModelShape
from gpu.qwen3.released import released_config
from gpu.scheme import Scheme

W16, W8, W4 = (Scheme.parse(name) for name in ("W16A16", "W8A8", "W4A8"))
SHAPE = ModelShape.from_config(released_config("qwen3-8b"))


def workspace(scheme: Scheme, context: int) -> int:
    return 10**7 * scheme.weight_bits + 300 * context


@given(st.integers(10**6, 40 * 10**9), st.integers(1, 4))
def test_the_largest_context_fits_and_one_more_token_does_not(available: int, batch: int) -> None:
    for fit in largest_fit(SHAPE, (W16, W8, W4), available, batch, workspace):

        def total(context: int, scheme: Scheme = fit.scheme) -> int:
            return plan(SHAPE, scheme, context, batch, workspace(scheme, context)).total_bytes

        assert fit.total_bytes == total(max(fit.context_tokens, 1))
        assert fit.total_bytes <= available or fit.context_tokens == 0
        assert fit.context_tokens == SHAPE.max_context_tokens or total(fit.context_tokens + 1) > available


def test_a_model_without_a_limit_of_its_own_is_limited_by_memory_alone() -> None:
    shape = ModelShape.from_parameters(10**6, layers=1, kv_heads=1, head_dim=64)
    (fit,) = largest_fit(shape, (W4,), 10**9)
    assert fit.context_tokens == (10**9 - 562_500) // 256


def test_suggests_less_context_or_a_scheme_with_room() -> None:
    fits = (Fit(W16, 0, 1), Fit(W8, 5000, 1), Fit(W4, 40_960, 1))
    assert suggestion(W8, 32_768, fits) == (
        "W8A8 with a context of 4,864 tokens or W4A8 with a context of 32,768 tokens would fit."
    )
    assert suggestion(W16, 4096, fits) == "W8A8 with a context of 4,096 tokens would fit."


def test_suggests_the_longest_context_where_none_is_long_enough() -> None:
    fits = (Fit(W16, 0, 1), Fit(W8, 300, 1), Fit(W4, 4200, 1))
    assert suggestion(W16, 32_768, fits) == "W4A8 with a context of 4,096 tokens would fit."


def test_admits_that_nothing_fits() -> None:
    assert suggestion(W16, 4096, (Fit(W16, 0, 1), Fit(W4, 255, 1))).startswith("no scheme would fit")


@pytest.mark.parametrize("available", [0, -1, 2**70])
def test_absurd_memory_is_refused(available: int) -> None:
    with pytest.raises(RequestError, match="available bytes"):
        largest_fit(SHAPE, (W4,), available)
