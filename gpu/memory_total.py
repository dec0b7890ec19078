"""How much memory an adapter has. WebGPU cannot tell: the system is asked, and the answer says who told."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_NVIDIA = 0x10DE
_AMD = 0x1002
_DRM = Path("/sys/class/drm")


def device_memory(kind: str, vendor_id: int, device_id: int) -> tuple[int | None, str]:
    """Total bytes of the adapter's memory and the source of the figure; (None, reason) where nobody tells."""
    if kind == "software":
        return _system_memory(), "system memory (software adapter)"
    if vendor_id == _NVIDIA:
        total = _nvml_total()
        return total, "NVML" if total is not None else "unknown: NVML is not installed"
    if vendor_id == _AMD:
        total = _amdgpu_total(device_id)
        return total, "amdgpu (sysfs)" if total is not None else "unknown: amdgpu does not tell"
    if kind == "integrated":
        return _system_memory(), "system memory (shared with the processor)"
    return None, "unknown: this driver does not tell"


def _system_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


class _NvmlMemory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


def _nvml_total() -> int | None:
    """Memory of the first NVIDIA device, by NVML's C interface; None without the library."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    handle, memory = ctypes.c_void_p(), _NvmlMemory()
    if nvml.nvmlInit_v2() != 0:
        return None
    failed = nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)) or nvml.nvmlDeviceGetMemoryInfo(
        handle, ctypes.byref(memory)
    )
    nvml.nvmlShutdown()
    return None if failed else int(memory.total)


def _amdgpu_total(device_id: int) -> int | None:
    for file in sorted(_DRM.glob("card*/device/mem_info_vram_total")):
        if int((file.parent / "device").read_text(), 16) == device_id:
            return int(file.read_text())
    return None


def available_bytes(kind: str, total_bytes: int | None) -> int | None:
    """What a model may take: system memory that is free now for adapters that share it, else the total."""
    if kind not in ("software", "integrated"):
        return total_bytes
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return total_bytes
    free = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return int(free.split()[1]) * 1024 if free else total_bytes
