"""Who tells how much is in use; the system's sources are replaced by known ones."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any

import pytest

from gpu import memory_use
from gpu.device import AdapterInfo
from gpu.memory_use import DriverMemory, driver_memory

GIB = 2**30
NVIDIA = AdapterInfo("a card", "", "Vulkan", "discrete", "", 24 * GIB, "NVML")
AMD = AdapterInfo("a card", "", "Vulkan", "discrete", "", 16 * GIB, "amdgpu (sysfs)")
SOFTWARE = AdapterInfo("llvmpipe", "", "Vulkan", "software", "", 8 * GIB, "system memory (software adapter)")


class FakeNvml:
    """The calls of libnvidia-ml that are made; `broken` names the one that fails."""

    def __init__(self, pid: int = 0, own_bytes: int = 3 * GIB, broken: str = "") -> None:
        self.pid, self.own_bytes, self.broken = pid, own_bytes, broken

    def _status(self, name: str) -> int:
        return int(name == self.broken)

    def nvmlInit_v2(self) -> int:  # noqa: N802
        return self._status("init")

    def nvmlDeviceGetHandleByIndex_v2(self, _index: int, _handle: Any) -> int:  # noqa: N802
        return self._status("handle")

    def nvmlDeviceGetMemoryInfo(self, _handle: Any, memory: Any) -> int:  # noqa: N802
        memory._obj.total, memory._obj.used = 24 * GIB, 5 * GIB
        return self._status("memory")

    def nvmlDeviceGetGraphicsRunningProcesses_v3(self, _handle: Any, count: Any, running: Any) -> int:  # noqa: N802
        running[0].pid, running[0].used = 1, GIB
        running[1].pid, running[1].used = self.pid, self.own_bytes
        count._obj.value = 2
        return self._status("processes")

    def nvmlShutdown(self) -> int:  # noqa: N802
        return 0


def test_nvml_tells_of_everybody_and_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: FakeNvml(os.getpid()))
    assert driver_memory(NVIDIA) == DriverMemory(24 * GIB, 5 * GIB, 3 * GIB, "NVML")


@pytest.mark.parametrize(
    "nvml",
    [FakeNvml(pid=0), FakeNvml(os.getpid(), own_bytes=2**64 - 1), FakeNvml(os.getpid(), broken="processes")],
)
def test_a_process_that_is_not_told_of_is_none(monkeypatch: pytest.MonkeyPatch, nvml: FakeNvml) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: nvml)
    assert driver_memory(NVIDIA).own_bytes is None


@pytest.mark.parametrize("broken", ["init", "handle", "memory"])
def test_nvml_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: FakeNvml(broken=broken))
    assert driver_memory(NVIDIA) == DriverMemory(24 * GIB, None, None, "absent: NVML does not answer")


def test_amdgpu_tells_through_sysfs_and_counts_a_client_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number, total in ((0, 4 * GIB), (1, 16 * GIB)):
        device = tmp_path / f"card{number}" / "device"
        device.mkdir(parents=True)
        (device / "mem_info_vram_total").write_text(f"{total}\n")
        (device / "mem_info_vram_used").write_text(f"{number * GIB}\n")
    clients = tmp_path / "fdinfo"
    clients.mkdir()
    for descriptor, client, kib in ((3, 7, 1024), (4, 7, 1024), (5, 8, 512)):
        text = f"pos:\t0\ndrm-driver:\tamdgpu\ndrm-client-id:\t{client}\ndrm-memory-vram:\t{kib} KiB\n"
        (clients / str(descriptor)).write_text(text)
    (clients / "6").write_text("pos:\t0\n")
    monkeypatch.setattr(memory_use, "_DRM", tmp_path)
    monkeypatch.setattr(memory_use, "_FDINFO", clients)
    assert driver_memory(AMD) == DriverMemory(16 * GIB, GIB, 1536 * 1024, "amdgpu (sysfs)")


def test_amdgpu_without_sysfs_and_software_adapters_say_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory_use, "_DRM", tmp_path)
    for adapter in (AMD, SOFTWARE):
        found = driver_memory(adapter)
        assert (found.used_bytes, found.own_bytes) == (None, None)
        assert found.source.startswith("absent: ")
