"""What an adapter must be known for before anything can be planned on it."""

from __future__ import annotations

from dataclasses import dataclass

from gpu.device import AdapterInfo, Gpu
from gpu.layouts import choose_layout
from gpu.ledger import PlanLedger

_BINDING, _BUFFER, _SIDE = (
    "max-storage-buffer-binding-size",
    "max-buffer-size",
    "max-texture-dimension-2d",
)


@dataclass(frozen=True)
class DeviceProfile:
    """Software adapters keep caches in textures; `layout` is how weights lie (gpu/layouts.py); every adapter
    gets matrices cut that it cannot bind whole."""

    is_software: bool
    layout: str
    max_binding_bytes: int
    max_texture_side: int

    def planning_gpu(self) -> Gpu:
        """An adapter like this one whose ledger only counts."""
        kind = "software" if self.is_software else "discrete"
        limits = {
            _BINDING: self.max_binding_bytes,
            _BUFFER: self.max_binding_bytes,
            _SIDE: self.max_texture_side,
        }
        return Gpu(
            AdapterInfo("", "", "", kind, "", None, ""), None, frozenset({"texture"}), PlanLedger(), limits
        )


HARDWARE = DeviceProfile(
    is_software=False, layout="buffer", max_binding_bytes=2**31 - 4, max_texture_side=16_384
)
"""A graphics card: what Vulkan, Direct3D 12 and Metal drivers of the last ten years all offer."""


def profile_of(gpu: Gpu, layout: str | None = None) -> DeviceProfile:
    """Of an open adapter, with its own layout unless another is given."""
    textures = gpu.is_software and gpu.has("texture")
    return DeviceProfile(textures, layout or choose_layout(gpu), gpu.max_binding_bytes, gpu.limits[_SIDE])
