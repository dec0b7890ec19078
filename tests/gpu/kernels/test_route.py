from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.route import reference, route
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize("normalise", [True, False])
@pytest.mark.parametrize(("tokens", "experts", "each"), [(1, 1, 1), (3, 5, 2), (7, 128, 8), (2, 9, 9)])
def test_the_largest_are_chosen_with_their_shares(
    plain_bench: Bench, tokens: int, experts: int, each: int, normalise: bool
) -> None:
    logits = np.random.default_rng(each).normal(0, 4, (tokens, experts)).astype(np.float32)
    chosen, shares = run(plain_bench, logits, each, normalise)
    expected, expected_shares = reference(logits, each, normalise=normalise)
    assert (chosen == expected).all()
    np.testing.assert_allclose(shares, expected_shares, rtol=2e-5)


def test_of_equals_the_first_comes_first_and_none_twice(plain_bench: Bench) -> None:
    logits = np.array([[1, 3, 3, 0, 3], [2, 2, 2, 2, 2]], np.float32)
    chosen, shares = run(plain_bench, logits, 4, True)
    assert chosen.tolist() == [[1, 2, 4, 0], [0, 1, 2, 3]]
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)


def run(bench: Bench, logits: np.ndarray, each: int, normalise: bool) -> tuple[np.ndarray, np.ndarray]:
    tokens, experts = logits.shape
    chosen, shares = bench.zeros(tokens * each), bench.zeros(tokens * each)
    bench.run(
        [route(bench.kit, bench.buffer(logits), chosen, shares, experts, each, normalise=normalise)], tokens
    )
    return bench.read(chosen, (tokens, each), np.uint32), bench.read(shares, (tokens, each))
