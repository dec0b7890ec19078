"""From an open adapter to what is known of it, and from that to an adapter that only counts."""

from __future__ import annotations

from gpu.calculator.device_profile import DeviceProfile
from gpu.device import AdapterInfo, Gpu
from gpu.layouts import choose_layout
from gpu.ledger import PlanLedger

_BINDING, _BUFFER, _SIDE = (
    "max-storage-buffer-binding-size",
    "max-buffer-size",
    "max-texture-dimension-2d",
)


def planning_gpu(profile: DeviceProfile) -> Gpu:
    """An adapter of this kind whose ledger only counts."""
    adapter = AdapterInfo("", "", "", "software" if profile.is_software else "discrete", "", None, "")
    binding = profile.max_binding_bytes
    limits = {_BINDING: binding, _BUFFER: binding, _SIDE: profile.max_texture_side}
    return Gpu(adapter, None, frozenset({"texture"}), PlanLedger(), limits)


def profile_of(gpu: Gpu, layout: str | None = None) -> DeviceProfile:
    """Of an open adapter, with its own layout unless another is given."""
    textures = gpu.is_software and gpu.has("texture")
    return DeviceProfile(textures, layout or choose_layout(gpu), gpu.max_binding_bytes, gpu.limits[_SIDE])
