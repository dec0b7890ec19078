"""Adapters and devices: which graphics card runs the model, with which features and limits.

The choice is discrete before integrated before software; a name or index overrides it. Every useful feature
the adapter has is asked for and none is required: `without` turns features off, which is how the tests force
each fallback.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import wgpu

from gpu.c_types import read_c_types
from gpu.errors import AdapterError, DeviceLost
from gpu.ledger import TEXEL_BYTES, Ledger, PlanLedger
from gpu.memory_total import device_memory
from gpu.variants import Variants, safe_variants
from gpu.worker_threads import spread_workers

_KINDS = {"DiscreteGPU": "discrete", "IntegratedGPU": "integrated", "CPU": "software"}
_PREFERENCE = ("discrete", "integrated", "other", "software")
_USEFUL_FEATURES = ("subgroup", "timestamp-query", "timestamp-query-inside-passes")
_USEFUL_LIMITS = (
    "max-storage-buffer-binding-size",
    "max-buffer-size",
    "max-texture-dimension-2d",
)  # of sizes only: kernels make do with the workgroups and the memory in them that every adapter has
NO_ADAPTER = (
    "No graphics adapter was found; install a Vulkan driver "
    "(on Debian or Ubuntu: apt install mesa-vulkan-drivers libvulkan1, or your card's own driver)."
)


@dataclass(frozen=True)
class AdapterInfo:
    """One adapter as a person would name it. `total_bytes` is None where the system does not tell."""

    name: str
    vendor: str
    backend: str
    kind: str
    driver: str
    total_bytes: int | None
    total_source: str


@dataclass
class Gpu:
    """An open device with its ledger; everything the engine allocates or compiles goes through it."""

    adapter: AdapterInfo
    device: Any
    features: frozenset[str]
    ledger: Ledger
    limits: dict[str, int]
    without: frozenset[str] = frozenset()
    tuned: Variants | None = None
    _lost_reason: str | None = None

    @property
    def is_software(self) -> bool:
        return self.adapter.kind == "software"

    @property
    def variants(self) -> Variants:
        """Which variants of the kernels run here: those that were measured, or safe ones."""
        return self.tuned or safe_variants(self.is_software, self.has("texture"))

    @property
    def max_binding_bytes(self) -> int:
        return min(self.limits["max-storage-buffer-binding-size"], self.limits["max-buffer-size"])

    def for_planning(self) -> Gpu:
        """The same adapter with a ledger that only counts: allocate with it to learn what that would take."""
        return replace(self, ledger=PlanLedger())

    def has(self, feature: str) -> bool:
        """Whether `feature` ("subgroup", "dot4", "texture", ...) is there and not turned off."""
        return feature in self.features and feature not in self.without

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn wgpu's complaint about a lost device into `DeviceLost`; other errors pass."""
        if self._lost_reason is not None:
            raise self._loss()
        try:
            yield
        except wgpu.GPUError as error:
            if "device is lost" not in str(error).lower():
                raise
            self._lost_reason = str(error).strip().splitlines()[-1].strip()
            raise self._loss() from error

    def _loss(self) -> DeviceLost:
        return DeviceLost(
            f"The driver took {self.adapter.name} away ({self._lost_reason}); load the model again to go on."
        )

    def submit(self, commands: Any) -> None:
        """Run a finished command buffer."""
        with self.guarded():
            self.device.queue.submit([commands])

    def read(self, buffer: Any, size_bytes: int, offset_bytes: int = 0) -> memoryview:
        """Copy `size_bytes` of a buffer back; waits for all work before it."""
        with self.guarded():
            data: memoryview = self.device.queue.read_buffer(buffer, offset_bytes, size_bytes)
            return data

    def write(self, buffer: Any, data: Any, offset_bytes: int = 0) -> None:
        with self.guarded():
            self.device.queue.write_buffer(buffer, offset_bytes, data)

    def read_rows(self, texture: Any, first: int, rows: int) -> memoryview:
        """Copy rows of a texture back; waits for all work before it."""
        place, layout, size = _rows_of(texture, first, rows)
        with self.guarded():
            data: memoryview = self.device.queue.read_texture(place, layout, size)
            return data

    def write_rows(self, texture: Any, first: int, data: Any) -> None:
        """Write whole rows, an array [rows, …], from row `first` on."""
        place, layout, size = _rows_of(texture, first, len(data))
        with self.guarded():
            self.device.queue.write_texture(place, data, layout, size)

    def close(self) -> None:
        """Free every buffer and the device."""
        self.ledger.release_all()
        self.device.destroy()


def _rows_of(texture: Any, first: int, rows: int) -> tuple[dict[str, Any], dict[str, int], tuple[int, ...]]:
    """Where a copy begins, how its data lies in memory, and how large it is."""
    layout = {"bytes_per_row": texture.width * TEXEL_BYTES, "rows_per_image": rows}
    return {"texture": texture, "origin": (0, first, 0)}, layout, (texture.width, rows, 1)


def _describe(adapter: Any) -> AdapterInfo:
    info = adapter.info
    kind = _KINDS.get(info["adapter_type"], "other")
    total, source = device_memory(kind, int(info["vendor_id"]), int(info["device_id"]))
    return AdapterInfo(
        name=str(info["device"]),
        vendor=str(info["vendor"]),
        backend=str(info["backend_type"]),
        kind=kind,
        driver=str(info["description"]) or "unknown version",
        total_bytes=total,
        total_source=source,
    )


def _enumerate() -> list[tuple[AdapterInfo, Any]]:
    """Usable adapters, best first. OpenGL adapters are left out: they repeat a Vulkan one with less."""
    read_c_types()
    found = [(_describe(a), a) for a in wgpu.gpu.enumerate_adapters_sync()]
    usable = [pair for pair in found if pair[0].backend != "OpenGL"]
    return sorted(usable, key=lambda pair: _PREFERENCE.index(pair[0].kind))


def list_adapters() -> list[AdapterInfo]:
    """Every usable adapter, the default one first."""
    return [info for info, _ in _enumerate()]


def _choose(wanted: str | None) -> tuple[AdapterInfo, Any]:
    found = _enumerate()
    if not found:
        raise AdapterError(NO_ADAPTER)
    if wanted is None or wanted == "":
        return found[0]
    if wanted.isdecimal() and int(wanted) < len(found):
        return found[int(wanted)]
    for info, adapter in found:
        if wanted.lower() in (info.kind, info.name.lower()) or wanted.lower() in info.name.lower():
            return info, adapter
    names = "; ".join(f"{i} is {info.name}" for i, (info, _) in enumerate(found))
    raise AdapterError(f"No adapter matches '{wanted}'; choose one by its number: {names}.")


def open_gpu(adapter: str | None = None, without: Collection[str] = ()) -> Gpu:
    """Open a device.

    Args:
        adapter: an index of `list_adapters`, part of a name, or a kind ("discrete", …); None chooses.
        without: features to leave unused: "subgroup", "dot4", "texture".

    Raises:
        AdapterError: there is no adapter, none matches, or the driver refuses the device.
    """
    info, handle = _choose(adapter)
    wanted = [name for name in _USEFUL_FEATURES if name in handle.features and name not in without]
    limits = {name: handle.limits[name] for name in _USEFUL_LIMITS if name in handle.limits}
    try:
        device = handle.request_device_sync(required_features=wanted, required_limits=limits)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].strip()  # wgpu's texts end with the cause
        raise AdapterError(
            f"The driver of {info.name} refused a device ({reason}); update the driver."
        ) from error
    if info.kind == "software":
        spread_workers()
    features = frozenset(wanted) | _unasked(info)
    return Gpu(info, device, features, Ledger(device), dict(device.limits), frozenset(without))


def _unasked(info: AdapterInfo) -> frozenset[str]:
    """What the kernels use without asking: integer products; weights and caches in textures, but for which
    software other than Mesa's takes minutes and gigabytes to compile."""
    with_textures = info.kind != "software" or info.name.startswith("llvmpipe")
    return frozenset({"dot4", "texture"} if with_textures else {"dot4"})
