"""The likeliest tokens and the one drawn against numpy, over ties, filters and temperatures of every size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gpu.kernels.choose import RECORD_WORDS, Choice, choose, reference
from gpu.kernels.logit_sets import count_sets, keys_of, logit_sets, logits_of
from gpu.sampling import MOST_LIKELIEST
from tests.gpu.device_arrays import Bench

SLOTS = 3


@pytest.mark.parametrize(("vocabulary", "likeliest"), [(1, 1), (5, 5), (100, 64), (2050, 20), (9000, 64)])
def test_choices_from_vocabularies_of_every_size(bench: Bench, vocabulary: int, likeliest: int) -> None:
    """Rounded logits have ties among them."""
    logits = np.random.default_rng(vocabulary).normal(0, 3, vocabulary).round(1).astype(np.float32)
    check(bench, logits, Choice(likeliest, likeliest, 0.6, 2, 0.8, 0.95, 0.01))


choices = st.builds(
    Choice,
    likeliest=st.just(8),
    kept=st.integers(1, 8),
    random=st.floats(0, 1, exclude_max=True, width=32),
    slot=st.integers(0, SLOTS - 1),
    temperature=st.sampled_from((5e-324, 1e-30, 0.01, 0.7, 1.0, 3.0, 100.0)),
    top_p=st.sampled_from((0.0, 0.3, 0.8, 1.0)),
    min_p=st.sampled_from((0.0, 0.05, 0.6, 1.0)),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    values=st.lists(st.sampled_from((0.0, 1.0, 1.5, -2.0, -40.0, 30.0)), min_size=8, max_size=40),
    choice=choices,
)
def test_ties_flat_rows_and_extreme_settings(
    plain_bench_of_module: Bench, values: list[float], choice: Choice
) -> None:
    logits = np.array(values, np.float32)
    assume(is_clear(logits, choice))
    check(plain_bench_of_module, logits, choice)


@pytest.mark.parametrize("wrong", [np.nan, -np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 130])
def test_what_is_no_number_comes_first(plain_bench: Bench, wrong: float, place: int) -> None:
    logits = np.zeros(131, np.float32)
    logits[place] = wrong
    record = record_of(plain_bench, logits, Choice(2, 1))
    assert record[4] == place
    assert not np.isfinite(logits_of(record[4 + MOST_LIKELIEST :][:1]))[0]


def is_clear(logits: np.ndarray, choice: Choice) -> bool:
    """Whether numbers a little smaller and larger draw the same, so that rounding decides nothing."""
    near = [
        Choice(8, choice.kept, min(max(choice.random + d, 0), 1), 0, choice.temperature, choice.top_p + e, m)
        for d, e in ((-1e-5, 0), (1e-5, 0), (0, -min(choice.top_p, 1e-5)), (0, min(1 - choice.top_p, 1e-5)))
        for m in (choice.min_p * (1 - 1e-5), min(1, choice.min_p * (1 + 1e-5)))
    ]
    kept = {reference(logits, each)[1:] for each in near}
    return len({token for token, _ in kept}) == 1 and np.ptp([chance for _, chance in kept]) < 1e-6


def check(bench: Bench, logits: np.ndarray, choice: Choice) -> None:
    record = record_of(bench, logits, choice)
    order, token, chance = reference(logits, choice)
    ids, keys = np.split(record[4:], [MOST_LIKELIEST])
    assert ids[: choice.likeliest].tolist() == order.tolist()
    assert (keys[: choice.likeliest] == keys_of(logits)[order]).all()
    assert record[0] == token
    s = logits.astype(np.float64) - logits.max()
    numbers = chance, np.exp(s).sum(), (np.exp(s) * s).sum()
    np.testing.assert_allclose(record[1:4].copy().view(np.float32), numbers, rtol=1e-5, atol=1e-6)


def record_of(bench: Bench, logits: np.ndarray, choice: Choice) -> np.ndarray:
    """The record; the token must lie where the next pass reads it, no other slot be written."""
    kit, size = bench.kit, logits.size
    place, held = kit.place(choice.pack(size, kit.threads)), bench.buffer(logits)
    sets, ids = bench.zeros(4 * count_sets(size, kit.threads)), bench.zeros(4)
    records = bench.zeros(SLOTS * RECORD_WORDS)
    bench.run([logit_sets(kit, place, held, sets, size), choose(kit, place, held, sets, ids, records)], 1)
    found = bench.read(records, (SLOTS, RECORD_WORDS), np.uint32)
    assert not np.delete(found, choice.slot, axis=0).any()
    assert bench.read(ids, (4,), np.uint32)[0] == found[choice.slot, 0]
    return found[choice.slot]
