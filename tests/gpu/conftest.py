"""One device a session for every variant of it that the kernels distinguish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gpu.checkpoints import Checkpoint, open_checkpoint
from gpu.device import Gpu, open_gpu
from gpu.kit import Kit
from gpu.model import LoadOptions, Model
from gpu.pipelines import Pipelines
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import MIXTURES, SPECS, write_checkpoint
from tests.gpu.device_arrays import Bench

# What is left out, and what the adapter passes for: hardware gets wide workgroups and several teams.
VARIANTS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "all": ((), None),
    "hardware": ((), "discrete"),
    "no-subgroup": (("subgroup",), None),
    "no-dot4": (("dot4",), None),
}


@pytest.fixture(scope="session", params=VARIANTS.values(), ids=VARIANTS.keys())
def any_gpu(request: pytest.FixtureRequest) -> Iterator[Gpu]:
    """The adapter with everything it has, and with each optional feature turned off."""
    without, kind = request.param
    gpu = open_gpu(without=without)
    gpu.adapter = replace(gpu.adapter, kind=kind or gpu.adapter.kind)
    yield gpu
    gpu.close()


@pytest.fixture(scope="session")
def gpu() -> Iterator[Gpu]:
    device = open_gpu()
    yield device
    device.close()


@pytest.fixture(scope="session")
def workbench() -> Callable[[Gpu], Bench]:
    """Makes a workbench with constants of its own; what is compiled for a device serves all its benches."""
    compiled: dict[int, Pipelines] = {}

    def make(gpu: Gpu) -> Bench:
        kit = Kit(gpu)
        kit.pipelines = compiled.setdefault(id(gpu), kit.pipelines)
        return Bench(kit)

    return make


@pytest.fixture
def bench(any_gpu: Gpu, workbench: Callable[[Gpu], Bench]) -> Bench:
    return workbench(any_gpu)


@pytest.fixture
def plain_bench(gpu: Gpu, workbench: Callable[[Gpu], Bench]) -> Bench:
    """For kernels that use no optional feature."""
    return workbench(gpu)


@pytest.fixture(scope="module")
def plain_bench_of_module(gpu: Gpu, workbench: Callable[[Gpu], Bench]) -> Bench:
    """One workbench for all examples of a property."""
    return workbench(gpu)


@pytest.fixture(scope="module")
def device_of_module() -> Iterator[Gpu]:
    device = open_gpu()
    yield device
    device.close()


@pytest.fixture
def model_gpu(device_of_module: Gpu) -> Iterator[Gpu]:
    """A device with nothing on it; not the kernels' own, because a model frees all that its device holds."""
    yield device_of_module
    device_of_module.ledger.release_all()


@pytest.fixture(scope="session")
def golden_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Checkpoint]:
    """Opens the checkpoint of a golden spec by its name; written when it is first asked for."""
    root = tmp_path_factory.mktemp("checkpoints")
    specs = {spec.name: spec for spec in (*SPECS, *MIXTURES)}

    def opened(name: str) -> Checkpoint:
        directory = root / name
        return open_checkpoint(directory if directory.exists() else write_checkpoint(specs[name], directory))

    return opened


@pytest.fixture(scope="module")
def golden_model(golden_checkpoint: Callable[[str], Checkpoint]) -> Iterator[Callable[..., Model]]:
    """Loads the model of a golden spec, on a device that no other fixture of the module empties."""
    device = open_gpu()
    held: list[Model] = []

    def loaded(name: str, context_tokens: int, scheme: str = "W16A16") -> Model:
        options = LoadOptions(context_tokens)
        held.append(Model.load(device, golden_checkpoint(name), Scheme.parse(scheme), options))
        return held[-1]

    yield loaded
    for model in held:
        model.close()
    device.close()
