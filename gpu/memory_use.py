"""How much of an adapter's memory its driver says is in use, by everybody and by this process.

NVML tells for NVIDIA; sysfs and the DRM client statistics of /proc/self/fdinfo tell for amdgpu. Nobody tells
of software adapters, whose memory is the system's.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gpu.device import AdapterInfo

_DRM = Path("/sys/class/drm")
_FDINFO = Path("/proc/self/fdinfo")
_MOST_PROCESSES = 256
_NOT_AVAILABLE = 2**64 - 1
_KIB = 1024


@dataclass(frozen=True)
class DriverMemory:
    """Bytes of the whole adapter, in use by everybody and by this process; None where nobody tells. `source`
    says who told, or why nobody does."""

    total_bytes: int | None
    used_bytes: int | None
    own_bytes: int | None
    source: str


def driver_memory(adapter: AdapterInfo) -> DriverMemory:
    """Ask whoever told the adapter's total."""
    if adapter.total_source.startswith("NVML"):
        found = _nvml_memory()
        return found or _absent(adapter, "NVML does not answer")
    if adapter.total_source.startswith("amdgpu"):
        return _amdgpu_memory(adapter)
    if adapter.kind == "software":
        return _absent(adapter, "a software adapter keeps no count of its memory")
    return _absent(adapter, "this driver does not tell")


def _absent(adapter: AdapterInfo, reason: str) -> DriverMemory:
    return DriverMemory(adapter.total_bytes, None, None, f"absent: {reason}")


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class _Process(ctypes.Structure):
    _fields_ = (
        ("pid", ctypes.c_uint),
        ("used", ctypes.c_ulonglong),
        ("instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    )


def _nvml_memory() -> DriverMemory | None:
    """Of the first NVIDIA device, by NVML's C interface; None where it does not answer."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    if nvml.nvmlInit_v2() != 0:
        return None
    try:
        handle, memory = ctypes.c_void_p(), _Memory()
        if nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)):
            return None
        if nvml.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)):
            return None
        return DriverMemory(int(memory.total), int(memory.used), _nvml_own(nvml, handle), "NVML")
    finally:
        nvml.nvmlShutdown()


def _nvml_own(nvml: ctypes.CDLL, handle: ctypes.c_void_p) -> int | None:
    """A process is listed once however it uses the device, as a graphics or as a compute client."""
    for name in ("nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v3"):
        running, count = (_Process * _MOST_PROCESSES)(), ctypes.c_uint(_MOST_PROCESSES)
        ask = getattr(nvml, name, None)
        if ask is None or ask(handle, ctypes.byref(count), running):
            continue
        for process in running[: count.value]:
            if process.pid == os.getpid() and process.used != _NOT_AVAILABLE:
                return int(process.used)
    return None


def _amdgpu_memory(adapter: AdapterInfo) -> DriverMemory:
    for file in sorted(_DRM.glob("card*/device/mem_info_vram_total")):
        if int(file.read_text()) == adapter.total_bytes:
            used = int((file.parent / "mem_info_vram_used").read_text())
            return DriverMemory(adapter.total_bytes, used, _amdgpu_own(), "amdgpu (sysfs)")
    return _absent(adapter, "amdgpu does not tell")


def _amdgpu_own() -> int | None:
    """Of every DRM client of this process once: several file descriptors may belong to one."""
    clients = dict(_amdgpu_clients())
    return sum(clients.values()) if clients else None


def _amdgpu_clients() -> Iterator[tuple[str, int]]:
    for file in _FDINFO.glob("*"):
        try:
            lines = file.read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:  # closed meanwhile
            continue
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        vram = fields.get("drm-memory-vram", "").split()
        if fields.get("drm-driver", "").strip() == "amdgpu" and vram:
            yield fields.get("drm-client-id", "").strip(), int(vram[0]) * _KIB
