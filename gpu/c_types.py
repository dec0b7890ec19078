"""The C types that wgpu names, read at once: it makes a start half a second shorter.

wgpu names C types by strings such as "WGPUBufferDescriptor *", and cffi reads every new string behind all of
the header's typedefs, which takes 10 ms each time. Here one structure with a field of each type is read.
"""

from __future__ import annotations

import re
from typing import Any

_STRUCTURES = (
    "InstanceDescriptor AdapterInfo ChainedStruct NativeLimits Limits QueueDescriptor DeviceExtras "
    "DeviceLostCallbackInfo UncapturedErrorCallbackInfo DeviceDescriptor RequestDeviceCallbackInfo "
    "BufferDescriptor BufferBindingLayout BindGroupLayoutEntry BindGroupLayoutDescriptor ShaderSourceWGSL "
    "ShaderModuleDescriptor BindGroupEntry BindGroupDescriptor PipelineLayoutDescriptor ConstantEntry "
    "ComputeState ComputePipelineDescriptor CommandEncoderDescriptor ComputePassDescriptor "
    "CommandBufferDescriptor BufferMapCallbackInfo Extent3D TextureDescriptor Origin3D TexelCopyTextureInfo "
    "TexelCopyBufferLayout StorageTextureBindingLayout TextureViewDescriptor"
)
_ARRAYS = (
    "Adapter FeatureName BindGroupLayoutEntry BindGroupEntry BindGroupLayout ConstantEntry CommandBuffer"
)
_CALLBACKS = (
    "void(WGPUDevice const *, WGPUDeviceLostReason, WGPUStringView, void *, void *)",
    "void(WGPUDevice const *, WGPUErrorType, WGPUStringView, void *, void *)",
    "void(WGPURequestDeviceStatus, WGPUDevice, WGPUStringView, void *, void *)",
    "void(WGPUMapAsyncStatus, WGPUStringView, void *, void *)",
)
NAMES = (
    *(f"WGPU{name} *" for name in _STRUCTURES.split()),
    *(f"WGPU{name}[]" for name in _ARRAYS.split()),
    *("char []", "uint8_t []", "uint32_t []", "uint8_t *", "WGPUChainedStruct * "),
    *_CALLBACKS,
)
_HOLDER = "QuantscopeTypes"


def read_c_types() -> None:
    """Before wgpu asks for them."""
    from wgpu.backends.wgpu_native._ffi import ffi  # noqa: PLC0415 - reads the header, which few commands need

    add_c_types(ffi)


def add_c_types(ffi: Any) -> None:
    """Read all of `NAMES` that the header of an `ffi` has, once.

    They go where cffi keeps what it has read; a cffi without that place reads them one by one, as ever.
    """
    typedefs, read = set(ffi.list_types()[0]), vars(ffi).get("_parsed_types")
    if _HOLDER in typedefs or read is None:
        return
    names = [name for name in NAMES if typedefs.issuperset(re.findall(r"WGPU\w+", name))]
    fields = " ".join(_pointer_to(name, f"f{i}") for i, name in enumerate(names))
    ffi.cdef(f"typedef struct {{ {fields} }} {_HOLDER};")
    pointers = ffi.typeof(_HOLDER).fields
    for name, (_, field) in zip(names, pointers, strict=True):
        is_function = name.startswith("void(")
        read[name] = (field.type if is_function else field.type.item, is_function)


def _pointer_to(name: str, field: str) -> str:
    """Declares a field that points to the type."""
    if name.startswith("void("):
        return f"void (*{field}){name.removeprefix('void')};"
    if name.endswith("[]"):
        return f"{name.removesuffix('[]')} (*{field})[];"
    return f"{name} *{field};"
