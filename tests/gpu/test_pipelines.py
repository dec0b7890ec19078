"""Joining, compiling and binding kernels by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import numpy as np
import pytest
import wgpu

from gpu.device import Gpu
from gpu.pipelines import _BINDING, BufferSlice, Pipeline, Pipelines, read_sources
from tests.gpu.device_arrays import Bench

ABSMAX = {"THREADS": 8}


@pytest.fixture
def pipelines(gpu: Gpu) -> Pipelines:
    return Pipelines(gpu)


def resources(bench: Bench) -> dict[str, object]:
    return {
        "x": bench.zeros(32),
        "rows": bench.kit.uniform("I12x", 1),
        "absmax": bench.zeros(1),
    }


def test_binding_that_is_missing_is_named(plain_bench: Bench, pipelines: Pipelines) -> None:
    given = resources(plain_bench)
    del given["absmax"]
    with pytest.raises(KeyError, match="absmax"):
        pipelines.get("absmax", **ABSMAX).bind(**given)


def test_binding_that_the_kernel_does_not_have_is_named(plain_bench: Bench, pipelines: Pipelines) -> None:
    with pytest.raises(KeyError, match="gain"):
        pipelines.get("absmax", **ABSMAX).bind(**resources(plain_bench), gain=plain_bench.zeros(1))


def test_unknown_kernel_is_a_mistake() -> None:
    with pytest.raises(FileNotFoundError):
        read_sources(["absmax", "no_such_kernel"])


def test_compiled_once_for_the_same_constants(pipelines: Pipelines) -> None:
    kernel = pipelines.get("absmax", **ABSMAX)
    assert pipelines.get("absmax", THREADS=8) is kernel
    assert pipelines.get("absmax", THREADS=16) is not kernel
    assert kernel.handle is kernel.handle


class Waiting:
    """A pool whose threads do not begin until they are told to."""

    def __init__(self) -> None:
        self.job: Callable[[], object] = lambda: None

    def submit(self, work: Callable[..., object], *given: object) -> Waiting:
        self.job = lambda: work(*given)
        return self

    def result(self) -> object:
        return self.job()


def test_resources_are_bound_before_it_is_compiled(plain_bench: Bench) -> None:
    pool = Waiting()
    kernel = Pipeline(plain_bench.kit.gpu, ["absmax"], ABSMAX, pool)  # type: ignore[arg-type]
    begin, pool.job = pool.job, lambda: pytest.fail("it was waited for")
    dispatch = kernel.bind(**resources(plain_bench))
    pool.job = begin
    assert dispatch.pipeline.handle is kernel.handle


def test_a_kernel_that_does_not_compile_is_told_where_it_is_needed(pipelines: Pipelines) -> None:
    kernel = pipelines.get("absmax", NO_SUCH_CONSTANT=1)
    with pytest.raises(wgpu.GPUError, match="NO_SUCH_CONSTANT"):
        _ = kernel.handle


def test_part_of_a_buffer_is_bound_by_itself(plain_bench: Bench, pipelines: Pipelines) -> None:
    """Of two rows in one buffer, 256 bytes apart, the kernel sees the one it is given."""
    x = np.zeros((2, 64), np.float32)
    x[:, 3] = (5, -7)
    held, out = plain_bench.buffer(x), plain_bench.zeros(1)
    given = {"rows": plain_bench.kit.uniform("I12x", 1), "absmax": out}
    kernel = pipelines.get("absmax", **ABSMAX)
    for row, largest in ((0, 5), (1, 7)):
        dispatch = kernel.bind(x=BufferSlice(held, row * 256, 128), **given)
        encoder = plain_bench.kit.gpu.device.create_command_encoder()
        compute_pass = encoder.begin_compute_pass()
        dispatch.record(compute_pass, 1)
        compute_pass.end()
        plain_bench.kit.gpu.submit(encoder.finish())
        assert plain_bench.read(out, (1,))[0] == largest


@pytest.mark.parametrize("folder", [".", "lib"])
def test_every_binding_on_disk_is_understood(folder: str) -> None:
    """A declaration that the pattern misses would only show as a failed bind group."""
    sources = [file for file in (files("gpu.kernels") / folder).iterdir() if file.name.endswith(".wgsl")]
    assert sources
    for source in sources:
        text = source.read_text("utf-8")
        assert len(_BINDING.findall(text)) == text.count("@binding("), source.name
