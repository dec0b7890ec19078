"""What an adapter must be known for before anything can be planned on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeviceProfile:
    """Software adapters keep caches in textures; `layout` is how weights lie (gpu/layouts.py); every adapter
    gets matrices cut that it cannot bind whole."""

    is_software: bool
    layout: str
    max_binding_bytes: int
    max_texture_side: int


HARDWARE = DeviceProfile(
    is_software=False, layout="buffer", max_binding_bytes=2**31 - 4, max_texture_side=16_384
)
"""A graphics card: what Vulkan, Direct3D 12 and Metal drivers of the last ten years all offer."""
