"""Every GPU buffer is allocated here, under a purpose: the truth about where the memory went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import wgpu

from gpu.extent import Extent, plain
from gpu.purposes import PURPOSES

_STORAGE = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC | wgpu.BufferUsage.COPY_DST
_UNIFORM = wgpu.BufferUsage.UNIFORM | wgpu.BufferUsage.COPY_DST
_TEXTURE = wgpu.TextureUsage.STORAGE_BINDING | wgpu.TextureUsage.COPY_SRC | wgpu.TextureUsage.COPY_DST
TEXEL_BYTES = 16


@dataclass(frozen=True)
class Entry:
    """One allocation: its name, bytes by purpose (a texture may hold codes and scales), what they are a
    product of, and the resource."""

    name: str
    bytes_by_purpose: Mapping[str, int]
    extents: Mapping[str, Extent]
    resource: Any = field(repr=False)

    @property
    def size_bytes(self) -> int:
        return sum(self.bytes_by_purpose.values())


class Ledger:
    """Allocates buffers and textures of one device and remembers what each is for."""

    def __init__(self, device: Any) -> None:
        self._device = device
        self._entries: dict[int, Entry] = {}

    def buffer(self, name: str, purpose: str, asked: Extent | int) -> Any:
        """A zeroed storage buffer of `asked` bytes, rounded up to 16."""
        extent = _extent(asked)
        size = max(16, -(-extent.size_bytes // 16) * 16)
        buffer = self._create_buffer(name, size, _STORAGE)
        return self._enter(name, {purpose: size}, {purpose: extent}, buffer)

    def uniforms(self, name: str, size_bytes: int) -> Any:
        """A buffer whose parts are bound as uniforms, counted as workspace."""
        buffer = self._create_buffer(name, size_bytes, _UNIFORM)
        return self._enter(name, {"workspace": size_bytes}, {"workspace": plain(size_bytes)}, buffer)

    def texture(self, name: str, asked: Mapping[str, Extent | int], width: int, height: int) -> Any:
        """A two-dimensional texture of four 32-bit words a texel; the purposes must sum to its size."""
        extents = {purpose: _extent(size) for purpose, size in asked.items()}
        sizes = {purpose: extent.size_bytes for purpose, extent in extents.items()}
        if sum(sizes.values()) != width * height * TEXEL_BYTES:
            raise ValueError(f"{name}: the purposes do not add up to {width} x {height} texels")
        return self._enter(name, sizes, extents, self._create_texture(name, width, height))

    def _create_buffer(self, name: str, size_bytes: int, usage: int) -> Any:
        return self._device.create_buffer(label=name, size=size_bytes, usage=usage)

    def _create_texture(self, name: str, width: int, height: int) -> Any:
        return self._device.create_texture(
            label=name, size=(width, height, 1), format="rgba32uint", usage=_TEXTURE
        )

    def _enter(
        self, name: str, sizes: Mapping[str, int], extents: Mapping[str, Extent], resource: Any
    ) -> Any:
        unknown = set(sizes) - set(PURPOSES)
        if unknown:
            raise ValueError(f"{name}: unknown purpose {sorted(unknown)}")
        self._entries[id(resource)] = Entry(name, dict(sizes), dict(extents), resource)
        return resource

    def release(self, resource: Any) -> None:
        """Destroy one resource and strike it out."""
        self._entries.pop(id(resource))
        resource.destroy()

    def release_all(self) -> None:
        for entry in self.entries():
            self.release(entry.resource)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())

    def by_purpose(self) -> dict[str, int]:
        """Bytes held for each purpose, in the order of `PURPOSES`, zero included."""
        totals = dict.fromkeys(PURPOSES, 0)
        for entry in self._entries.values():
            for purpose, size in entry.bytes_by_purpose.items():
                totals[purpose] += size
        return totals

    def total_bytes(self) -> int:
        return sum(entry.size_bytes for entry in self._entries.values())


def _extent(asked: Extent | int) -> Extent:
    return asked if isinstance(asked, Extent) else plain(asked)


class _Unallocated:
    """Stands for a resource in a plan."""

    def destroy(self) -> None:
        """There is nothing to free."""


class PlanLedger(Ledger):
    """Adds up what the same calls would allocate and allocates nothing: one arithmetic for plan and truth."""

    def __init__(self) -> None:
        super().__init__(None)

    def _create_buffer(self, name: str, size_bytes: int, usage: int) -> Any:  # noqa: ARG002
        return _Unallocated()

    def _create_texture(self, name: str, width: int, height: int) -> Any:  # noqa: ARG002
        return _Unallocated()
