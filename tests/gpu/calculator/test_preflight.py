from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gpu.calculator.estimate import estimate
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.preflight import inputs_of, preflight, shortage
from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.qwen3.allocation import Plan, planned_bytes
from gpu.scheme import Scheme
from tests.gpu.released import subject_of

GIB = 2**30
WISH = CalculatorInputs(subject_of("qwen3-8b"), Scheme.parse("W4A8"), 32_768, driver_bytes=0)


def test_what_fits_has_nothing_in_the_way() -> None:
    found = preflight(WISH, 24 * GIB)
    assert (found.fits, found.short_bytes, found.term, found.ways) == (True, 0, None, ())


def test_what_does_not_fit_names_its_largest_term_and_ways_out() -> None:
    found = preflight(WISH, 6 * GIB)
    assert not found.fits
    assert found.short_bytes == found.estimate.total_bytes - 6 * GIB
    assert found.term is not None
    assert found.term.purpose == "kv_cache"
    assert 1 <= len(found.ways) <= 3
    assert all(way.estimate.total_bytes <= 6 * GIB for way in found.ways)


def test_memory_that_unloading_frees_is_counted() -> None:
    needed = estimate(WISH).total_bytes
    assert preflight(WISH, needed - GIB, freed_bytes=GIB).fits
    assert not preflight(WISH, needed - GIB, freed_bytes=GIB - 1).fits


def test_an_allocation_asks_the_same_question(
    model_gpu: Gpu, golden_checkpoint: Callable[[str], Checkpoint]
) -> None:
    checkpoint = golden_checkpoint("untied-multihead")
    for layout in ("pairs", "buffer"):
        plan = Plan(checkpoint.config, WISH.scheme, 100, layout, lambda n: checkpoint.tensor(n).dtype)
        assert estimate(inputs_of(model_gpu, plan)).total_bytes == sum(
            planned_bytes(model_gpu, plan).values()
        )


def test_a_shortage_says_how_much_is_missing_of_what_and_what_would_fit() -> None:
    needed = estimate(WISH).total_bytes
    error = shortage(WISH, needed, 6 * GIB)
    assert f"{(needed - 6 * GIB) / GIB:.2f} GiB too much" in str(error)
    assert "most of it keys and values with 4.50 GiB" in str(error)
    assert error.question == WISH
    first = error.ways[0]
    fitting = replace(WISH, scheme=Scheme.parse(first.scheme), context_tokens=first.context_tokens)
    assert estimate(fitting).total_bytes <= 6 * GIB
    assert first.label
