"""Tuning, with injected measurements: real ones are nobody's to foresee."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from gpu.device import Gpu
from gpu.errors import Cancelled
from gpu.model import LoadOptions, Model
from gpu.scheme import Scheme
from gpu.tuning import Timer, Trial, Workload, seconds, tune
from gpu.variants import PARTS, ROWS_AT_ONCE, TEAMS, THREADS, TILES, Variants
from tests.golden.qwen3.checkpoints import SPECS, load_golden
from tests.gpu.qwen3.numpy_decoder import error

NAME = "tied-pairs"


def timer_of(times: Mapping[tuple[str, int | str], float]) -> Timer:
    return lambda trial: times.get((trial.knob, trial.value), 1.0)


@pytest.fixture
def workload(golden_checkpoint) -> Workload:
    return Workload(golden_checkpoint(NAME).config, Scheme.parse("W4A8"))


def test_the_fastest_of_each_knob_is_taken(model_gpu: Gpu, workload: Workload) -> None:
    times = {("threads", 64): 0.5, ("threads", 128): 0.7, ("teams", 4): 0.1, ("layout", "buffer"): 0.2}
    times |= {("tile", 16): 0.3, ("parts", 4): 0.1, ("rows", 32): 0.1}
    found = tune(model_gpu, workload, timer=timer_of(times))
    assert found == Variants(64, 4, "buffer", tile=16, parts=4, rows=32)
    assert model_gpu.ledger.entries() == ()


def test_what_is_hardly_faster_is_not_worth_a_change(model_gpu: Gpu, workload: Workload) -> None:
    timer = timer_of({("threads", 64): 0.97, ("teams", 4): 0.96})
    assert tune(model_gpu, workload, timer=timer) == model_gpu.variants


def test_a_gain_that_does_not_come_again_was_the_machine(model_gpu: Gpu, workload: Workload) -> None:
    seen: set[int | str] = set()

    def timer(trial: Trial) -> float:
        is_first = trial.value not in seen
        seen.add(trial.value)
        return 0.1 if trial.value == 64 and is_first else 1.0

    assert tune(model_gpu, workload, timer=timer) == model_gpu.variants


def test_every_variant_is_dispatched_and_counted(model_gpu: Gpu, workload: Workload) -> None:
    tried: list[tuple[str, int | str]] = []
    steps: list[tuple[int, int]] = []

    def timer(trial: Trial) -> float:
        tried.append((trial.knob, trial.value))
        ticks = seconds(trial, itertools.count().__next__)
        return 0.1 * ticks if trial.value == "buffer" else ticks  # so that tiles matter

    tune(model_gpu, workload, lambda *at: steps.append(at), timer=timer)
    total = len(THREADS) + len(TEAMS) + len(PARTS) + len(ROWS_AT_ONCE) + len(TILES) + 2
    assert len(set(tried)) == total
    assert steps == [(n, total) for n in range(1, total + 1)]


def test_tiles_are_not_timed_where_nothing_runs_them(model_gpu: Gpu, workload: Workload) -> None:
    knobs: set[str] = set()
    steps: list[tuple[int, int]] = []
    tune(
        model_gpu,
        workload,
        lambda *at: steps.append(at),
        timer=lambda trial: knobs.add(trial.knob) or 1.0,  # type: ignore[func-returns-value]
    )
    assert knobs == {"threads", "teams", "parts", "layout"}
    assert steps[-1][0] == steps[-1][1]


def test_only_4_bit_integer_schemes_choose_a_layout(model_gpu: Gpu, workload: Workload) -> None:
    for scheme, more in (("W8A8", {"rows"}), ("W8A8@token", set()), ("W16A16", set()), ("W4A16", set())):
        knobs: set[str] = set()
        tune(
            model_gpu,
            replace(workload, scheme=Scheme.parse(scheme)),
            timer=lambda trial, knobs=knobs: knobs.add(trial.knob) or 1.0,  # type: ignore[misc]
        )
        assert knobs == {"threads", "teams", "parts", "tile"} | more


def test_it_stops_between_two_trials_and_frees_what_it_took(model_gpu: Gpu, workload: Workload) -> None:
    answers = iter([False, False, True])
    with pytest.raises(Cancelled):
        tune(model_gpu, workload, cancel=lambda: next(answers), timer=timer_of({}))
    assert model_gpu.ledger.entries() == ()


@pytest.mark.parametrize(
    "tuned", [Variants(64, 4, "buffer", 64, 4), Variants(128, 8, "pairs", 16, 16), Variants(32, 2, "pairs")]
)
def test_whatever_is_chosen_the_logits_stay(model_gpu: Gpu, golden_checkpoint, tuned: Variants) -> None:
    ids = next(load_golden(spec).prompt_ids for spec in SPECS if spec.name == NAME)
    logits = []
    for gpu in (model_gpu, replace(model_gpu, tuned=tuned)):
        model = Model.load(gpu, golden_checkpoint(NAME), Scheme.parse("W16A16"), LoadOptions(64))
        logits.append(np.concatenate(list(model.all_logits(ids))))
        model.close()
    assert error(logits[1], logits[0]) <= 1e-5
