"""One device a session for every variant of it that the kernels distinguish."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gpu.checkpoints import Checkpoint, open_checkpoint
from gpu.device import Gpu, open_gpu
from gpu.kit import Kit
from tests.golden.qwen3.checkpoints import SPECS, write_checkpoint
from tests.gpu.device_arrays import Bench

VARIANTS = {"all": (), "no-subgroup": ("subgroup",), "no-dot4": ("dot4",)}


@pytest.fixture(scope="session", params=VARIANTS.values(), ids=VARIANTS.keys())
def any_gpu(request: pytest.FixtureRequest) -> Iterator[Gpu]:
    """The adapter with everything it has, and with each optional feature turned off."""
    gpu = open_gpu(without=request.param)
    yield gpu
    gpu.close()


@pytest.fixture(scope="session")
def gpu() -> Iterator[Gpu]:
    device = open_gpu()
    yield device
    device.close()


@pytest.fixture
def bench(any_gpu: Gpu) -> Bench:
    return Bench(Kit(any_gpu))


@pytest.fixture
def plain_bench(gpu: Gpu) -> Bench:
    """For kernels that use no optional feature."""
    return Bench(Kit(gpu))


@pytest.fixture(scope="module")
def plain_bench_of_module(gpu: Gpu) -> Bench:
    """One workbench for all examples of a property."""
    return Bench(Kit(gpu))


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
    specs = {spec.name: spec for spec in SPECS}

    def opened(name: str) -> Checkpoint:
        directory = root / name
        return open_checkpoint(directory if directory.exists() else write_checkpoint(specs[name], directory))

    return opened
