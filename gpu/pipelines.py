"""From WGSL files to dispatches: sources are joined, compiled once per set of constants, and bound by name.

Drivers take long to compile: threads do it while resources are bound, and recording a dispatch waits.

A kernel is a list of files under gpu/kernels (shared ones in lib/) that together form one WGSL module with
the entry point `main`. Bindings are declared in the files as `@group(0) @binding(n) var<…> name`; `bind`
takes resources by those names, so a renamed or forgotten binding raises instead of reading the wrong buffer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

import wgpu

from gpu.device import Gpu

_BINDING = re.compile(
    r"@group\(0\) @binding\((?P<index>\d+)\) var(<(?P<space>[a-z, _]+)>)? (?P<name>\w+): (?P<type>[\w<>, ]+);"
)
_BUFFER_TYPES = {
    "uniform": "uniform",
    "storage, read": "read-only-storage",
    "storage, read_write": "storage",
}


def read_sources(names: Sequence[str]) -> str:
    """Join WGSL files by name, without suffix, relative to gpu/kernels."""
    root = files("gpu.kernels")
    return "\n".join((root / f"{name}.wgsl").read_text("utf-8") for name in names)


def _layout_entry(match: re.Match[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"binding": int(match["index"]), "visibility": wgpu.ShaderStage.COMPUTE}
    if match["space"] is None:
        access = "read-only" if "read" in match["type"] else "write-only"
        entry["storage_texture"] = {"access": access, "format": "rgba32uint", "view_dimension": "2d"}
    else:
        entry["buffer"] = {"type": _BUFFER_TYPES[match["space"]]}
    return entry


@dataclass(frozen=True)
class BufferSlice:
    """Part of a buffer, bound by itself."""

    buffer: Any
    offset_bytes: int
    size_bytes: int


@dataclass(frozen=True)
class Dispatch:
    """A pipeline with its resources: all that is left to say is how many workgroups."""

    pipeline: Pipeline
    bind_group: Any
    resources: tuple[Any, ...] = ()

    def record(self, compute_pass: Any, x: int, y: int = 1, z: int = 1) -> None:
        compute_pass.set_pipeline(self.pipeline.handle)
        compute_pass.set_bind_group(0, self.bind_group)
        compute_pass.dispatch_workgroups(x, y, z)


class Pipeline:
    """One module with one set of override constants, compiled by a thread of `pool` from now on."""

    def __init__(
        self, gpu: Gpu, names: Sequence[str], constants: Mapping[str, float], pool: ThreadPoolExecutor
    ) -> None:
        self._gpu = gpu
        self.name = names[-1]
        code = read_sources(names)
        found = list(_BINDING.finditer(code))
        self._bindings = {match["name"]: int(match["index"]) for match in found}
        self._layout = gpu.device.create_bind_group_layout(entries=[_layout_entry(m) for m in found])
        self._compiled = pool.submit(self._compile, code, dict(constants))

    def _compile(self, code: str, constants: dict[str, float]) -> Any:
        device = self._gpu.device
        module = device.create_shader_module(code=code, label=self.name)
        layout = device.create_pipeline_layout(bind_group_layouts=[self._layout])
        compute = {"module": module, "entry_point": "main", "constants": constants}
        return device.create_compute_pipeline(layout=layout, compute=compute)

    @cached_property
    def handle(self) -> Any:
        """The pipeline; waits for it."""
        return self._compiled.result()

    @property
    def is_compiled(self) -> bool:
        """Whether nothing waits for it any more."""
        return self._compiled.done()

    def bind(self, **resources: Any) -> Dispatch:
        """Bind resources (buffers or textures) by the names the WGSL gives them.

        Raises:
            KeyError: a binding is missing or unknown.
        """
        if resources.keys() != self._bindings.keys():
            wrong = sorted(resources.keys() ^ self._bindings.keys())
            raise KeyError(f"bindings that do not match the kernel: {', '.join(wrong)}")
        entries = [
            {"binding": self._bindings[name], "resource": _as_resource(resource)}
            for name, resource in resources.items()
        ]
        group = self._gpu.device.create_bind_group(layout=self._layout, entries=entries)
        return Dispatch(self, group, tuple(resources.values()))


def _as_resource(resource: Any) -> Any:
    if isinstance(resource, BufferSlice):
        return {"buffer": resource.buffer, "offset": resource.offset_bytes, "size": resource.size_bytes}
    if isinstance(resource, wgpu.GPUBuffer):
        return {"buffer": resource, "offset": 0, "size": resource.size}
    return resource.create_view()


class Pipelines:
    """The compiled kernels of one device."""

    def __init__(self, gpu: Gpu) -> None:
        self.gpu = gpu
        self._cache: dict[tuple[Any, ...], Pipeline] = {}
        self._pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="compile")

    def get(self, *names: str, **constants: float) -> Pipeline:
        """The kernel made of these files, each taken once, with these constants; compiled at most once."""
        files = tuple(dict.fromkeys(names))
        key = (files, tuple(sorted(constants.items())))
        if key not in self._cache:
            self._cache[key] = Pipeline(self.gpu, files, constants, self._pool)
        return self._cache[key]
