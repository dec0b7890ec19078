"""One device a session for every variant of it that the kernels distinguish."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpu.device import Gpu, open_gpu
from gpu.kit import Kit
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
