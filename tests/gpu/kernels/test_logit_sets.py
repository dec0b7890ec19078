"""Sets of logits against numpy, at sizes that fill no set, part of one, and several workgroups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.kernels.choose import CHOICE_BYTES, Choice
from gpu.kernels.logit_sets import NO_NUMBER_KEY, count_sets, keys_of, logit_sets, logits_of, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize("vocabulary", [1, 3, 255, 4097])
def test_sets_of_every_size(bench: Bench, vocabulary: int) -> None:
    logits = np.random.default_rng(vocabulary).normal(0, 9, vocabulary).astype(np.float32)
    found = sets_of(bench, logits)
    expected = reference(logits, bench.kit.threads)
    filled = found[found[:, 0] > 0]
    assert filled[:, 1].tolist() == expected[:, 0].tolist()
    assert (filled[:, 0] == keys_of(logits)[filled[:, 1]]).all()
    np.testing.assert_allclose(filled[:, 2:].copy().view(np.float32), expected[:, 1:], rtol=1e-5, atol=1e-5)


def test_logits_far_apart_and_infinitely_small_ones(plain_bench: Bench) -> None:
    logits = np.array([-np.inf, -1e30, 3, -np.inf, 3, 2, 1e-40, -1e4], np.float32)
    found = sets_of(plain_bench, logits)
    assert found[:2, 1].tolist() == [2, 4]
    sums = found[:2, 2:].copy().view(np.float32)
    np.testing.assert_allclose(sums[1], reference(logits, plain_bench.kit.threads)[1, 1:], rtol=1e-5)
    np.testing.assert_allclose(sums[0], [1, 0], atol=1e-6)


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=2, max_size=20))
def test_keys_order_as_the_numbers_do(values: list[float]) -> None:
    logits = np.array(values, np.float32)
    keys = keys_of(logits)
    assert ((keys[:, None] < keys) == (logits[:, None] < logits)).all()
    np.testing.assert_array_equal(logits_of(keys), logits)
    assert (keys > 0).all()
    assert (keys < NO_NUMBER_KEY).all()


def test_what_is_no_number_has_the_largest_key() -> None:
    no_numbers = np.array([np.nan, -np.nan], np.float32)
    assert (keys_of(no_numbers) == NO_NUMBER_KEY).all()
    assert np.isnan(logits_of(keys_of(no_numbers))).all()


def sets_of(bench: Bench, logits: np.ndarray) -> np.ndarray:
    threads = bench.kit.threads
    sets = bench.zeros(4 * count_sets(logits.size, threads))
    choice = bench.kit.place(Choice(1, 1).pack(logits.size, threads))
    assert choice.size_bytes == CHOICE_BYTES
    bench.run([logit_sets(bench.kit, choice, bench.buffer(logits), sets, logits.size)], 1)
    return bench.read(sets, (count_sets(logits.size, threads), 4), np.uint32)
