"""Who tells how much memory there is; the system's sources are replaced by known ones."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest

from gpu import memory_total
from gpu.memory_total import available_bytes, device_memory

NVIDIA, AMD, INTEL = 0x10DE, 0x1002, 0x8086
GIB = 2**30


class FakeNvml:
    """The four calls of libnvidia-ml that are made; `broken` names the one that fails."""

    def __init__(self, total_bytes: int, broken: str = "") -> None:
        self.total_bytes, self.broken = total_bytes, broken

    def _status(self, name: str) -> int:
        return int(name == self.broken)

    def nvmlInit_v2(self) -> int:  # noqa: N802
        return self._status("init")

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, handle: Any) -> int:  # noqa: ARG002, N802
        return self._status("handle")

    def nvmlDeviceGetMemoryInfo(self, handle: Any, memory: Any) -> int:  # noqa: ARG002, N802
        memory._obj.total = self.total_bytes
        return self._status("memory")

    def nvmlShutdown(self) -> int:  # noqa: N802
        return 0


def missing_library(name: str) -> None:
    raise OSError(f"{name}: cannot open shared object file")


def test_nvidia_tells_through_nvml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: FakeNvml(24 * GIB))
    assert device_memory("discrete", NVIDIA, 1) == (24 * GIB, "NVML")


@pytest.mark.parametrize("broken", ["init", "handle", "memory"])
def test_nvml_that_fails_is_no_answer(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: FakeNvml(24 * GIB, broken))
    assert device_memory("discrete", NVIDIA, 1)[0] is None


def test_without_nvml_the_source_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", missing_library)
    total, source = device_memory("discrete", NVIDIA, 1)
    assert total is None
    assert "NVML" in source


def write_card(root: Path, name: str, device_id: int, total_bytes: int) -> None:
    device = root / name / "device"
    device.mkdir(parents=True)
    (device / "device").write_text(f"0x{device_id:04x}\n")
    (device / "mem_info_vram_total").write_text(f"{total_bytes}\n")


def test_amd_tells_through_sysfs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_card(tmp_path, "card0", 0x1111, 8 * GIB)
    write_card(tmp_path, "card1", 0x744C, 16 * GIB)
    monkeypatch.setattr(memory_total, "_DRM", tmp_path)
    assert device_memory("discrete", AMD, 0x744C) == (16 * GIB, "amdgpu (sysfs)")
    assert device_memory("discrete", AMD, 0x9999)[0] is None


def test_adapters_that_share_system_memory() -> None:
    software, source = device_memory("software", 0, 0)
    integrated, _ = device_memory("integrated", INTEL, 0)
    assert software is not None
    assert software > 2**28
    assert software == integrated
    assert "system memory" in source


def test_nobody_tells_of_other_cards() -> None:
    total, source = device_memory("discrete", INTEL, 0)
    assert total is None
    assert source.startswith("unknown")


def meminfo(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    def read(path: Path, *_: Any) -> str:
        if text is None:
            raise FileNotFoundError(path)
        return text

    monkeypatch.setattr(Path, "read_text", read)


@pytest.mark.parametrize("kind", ["software", "integrated"])
def test_shared_memory_is_what_is_free_now(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    meminfo(monkeypatch, "MemTotal:  9000 kB\nMemFree:  100 kB\nMemAvailable:   4000 kB\n")
    assert available_bytes(kind, 9000 * 1024) == 4000 * 1024


@pytest.mark.parametrize("text", [None, "MemTotal:  9000 kB\n"])
def test_without_a_figure_for_free_memory_the_total_counts(
    monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    meminfo(monkeypatch, text)
    assert available_bytes("software", 5000) == 5000


def test_a_card_of_its_own_may_be_filled() -> None:
    assert available_bytes("discrete", 24 * GIB) == 24 * GIB
    assert available_bytes("discrete", None) is None
