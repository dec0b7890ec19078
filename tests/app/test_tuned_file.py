from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.library import demo_directory
from app.tuned_file import TunedFile
from gpu.checkpoints import open_checkpoint
from gpu.device import Gpu, open_gpu
from gpu.scheme import Scheme
from gpu.tuning import Trial, Workload
from gpu.variants import Variants
from tests.gpu.sentences import is_one_sentence

WORKLOAD = Workload(open_checkpoint(demo_directory()).config, Scheme.parse("W4A8"))
FOUND = Variants(64, 4, "pairs")


@pytest.fixture(scope="module")
def gpu() -> Iterator[Gpu]:
    opened = open_gpu("software")
    yield opened
    opened.close()


class Machine:
    """On which 64 threads and 4 teams are fast."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trials = 0
        self.notices: list[str] = []

    def choose(self, gpu: Gpu, workload: Workload = WORKLOAD) -> Variants:
        file = TunedFile(self.path, self._time)
        return file.choose(gpu, workload, lambda *_: None, lambda: False, self.notices.append)

    def _time(self, trial: Trial) -> float:
        self.trials += 1
        return 0.5 if {"threads": 64, "teams": 4}.get(trial.knob) == trial.value else 1.0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "new" / "kernels.json")


def test_the_second_time_nothing_is_measured(gpu: Gpu, machine: Machine) -> None:
    assert machine.choose(gpu) == FOUND
    trials = machine.trials
    assert trials > 0
    assert machine.choose(gpu) == FOUND
    assert (machine.trials, machine.notices) == (trials, [])


def test_another_driver_scheme_or_shape_is_measured_anew(gpu: Gpu, machine: Machine) -> None:
    machine.choose(gpu)
    for other, workload in (
        (replace(gpu, adapter=replace(gpu.adapter, driver="another")), WORKLOAD),
        (gpu, replace(WORKLOAD, scheme=Scheme.parse("W8A8"))),
        (gpu, replace(WORKLOAD, config=replace(WORKLOAD.config, intermediate_size=512))),
    ):
        before = machine.trials
        machine.choose(other, workload)
        assert machine.trials > before
    assert len(json.loads(machine.path.read_text())) == 4


@pytest.mark.parametrize("text", ["{", "[]", "\x00", ""])
def test_a_broken_file_is_said_and_measured_again(gpu: Gpu, machine: Machine, text: str) -> None:
    machine.path.parent.mkdir()
    machine.path.write_text(text)
    assert machine.choose(gpu) == FOUND
    assert len(machine.notices) == 1
    assert is_one_sentence(machine.notices[0])
    trials = machine.trials
    assert machine.choose(gpu) == FOUND
    assert machine.trials == trials


@pytest.mark.parametrize("entry", [7, {"threads": 9, "teams": 1, "layout": "pairs"}, {}, None])
def test_an_entry_that_makes_no_sense_is_measured_again(gpu: Gpu, machine: Machine, entry: object) -> None:
    machine.choose(gpu)
    key = next(iter(json.loads(machine.path.read_text())))
    machine.path.write_text(json.dumps({key: entry, "other": 1}))
    trials = machine.trials
    assert machine.choose(gpu) == FOUND
    assert machine.trials == 2 * trials
    assert len(machine.notices) == 1
    assert json.loads(machine.path.read_text())["other"] == 1


def test_where_nothing_can_be_written_it_is_said(gpu: Gpu, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    machine = Machine(tmp_path / "file" / "kernels.json")
    assert machine.choose(gpu) == FOUND
    assert len(machine.notices) == 1
