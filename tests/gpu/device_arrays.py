"""Numpy arrays to the device and back, and one pass over a list of operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import BLOCK, Activations, allocate
from gpu.formats import floats, q4, q8, q8_1
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix, MatrixSpec, allocate_matrix

F32 = npt.NDArray[np.float32]


class Bench:
    """A workbench around a kit: allocate, run, read back."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    def buffer(self, array: npt.NDArray[Any]) -> Any:
        data = np.ascontiguousarray(array)
        buffer = self.kit.gpu.ledger.buffer("test", "workspace", data.nbytes)
        self.kit.gpu.write(buffer, data.reshape(-1).view(np.uint8))
        return buffer

    def zeros(self, values: int) -> Any:
        return self.kit.gpu.ledger.buffer("test", "workspace", values * 4)

    def activations(self, x: F32, coded: bool = True) -> Activations:
        """Values on the device, padded to blocks; codes are allocated but not filled."""
        out = allocate(self.kit.gpu.ledger, "test", x.shape[0], x.shape[1], coded)
        self.kit.gpu.write(out.values, np.ascontiguousarray(pad(x)).reshape(-1).view(np.uint8))
        return out

    def quantized(self, x: F32, bits: int = 8) -> Activations:
        """Values and their q8_1 codes, packed by numpy."""
        out = self.activations(x)
        packed = q8_1.quantize(x, bits)
        self.kit.gpu.write(out.codes, packed.codes.reshape(-1).view(np.uint8))
        scales = np.stack([packed.d, packed.s], axis=-1)
        self.kit.gpu.write(out.scales, np.ascontiguousarray(scales).reshape(-1).view(np.uint8))
        return out

    def matrix(
        self, weights: F32, fmt: str, layout: str = "buffer", group: int = BLOCK
    ) -> tuple[DeviceMatrix, F32]:
        """A matrix on the device and the values its codes stand for."""
        spec = MatrixSpec("test", (weights.shape[0],), weights.shape[1], fmt, group)
        matrix = allocate_matrix(self.kit.gpu, spec, layout)
        codes, scales, exact = encode(weights, fmt, group)
        for row in range(0, weights.shape[0], 64):
            part = slice(row, row + 64)
            matrix.write(row, codes[part], None if scales is None else scales[part])
        return matrix, exact

    def run(self, ops: Sequence[Op], tokens: int, position: int = 0, first: int = 0) -> None:
        gpu = self.kit.gpu
        self.kit.write_step(self.kit.step, tokens, position, first)
        encoder = gpu.device.create_command_encoder()
        compute_pass = encoder.begin_compute_pass()
        for op in ops:
            op.record(compute_pass, tokens)
        compute_pass.end()
        gpu.submit(encoder.finish())

    def read(self, buffer: Any, shape: tuple[int, ...], dtype: Any = np.float32) -> npt.NDArray[Any]:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        raw = self.kit.gpu.read(buffer, -(-size // 4) * 4)
        return np.frombuffer(raw, dtype)[: int(np.prod(shape))].reshape(shape)


def pad(x: npt.NDArray[Any], multiple: int = BLOCK) -> npt.NDArray[Any]:
    return np.pad(x, ((0, 0), (0, -x.shape[1] % multiple)))


def encode(weights: F32, fmt: str, group: int) -> tuple[npt.NDArray[Any], Any, F32]:
    """Packed codes, scales and the exact values of a matrix in a format."""
    if fmt == "q4":
        packed = q4.quantize(weights, group)
        return packed.codes, packed.scales, q4.dequantize(packed)
    if fmt == "q8":
        packed8 = q8.quantize(weights, group)
        return packed8.codes, packed8.scales, q8.dequantize(packed8)
    stored = floats.from_f32(weights, fmt)
    return pad(stored), None, floats.to_f32(stored, fmt)


def close(actual: F32, expected: F32, tolerance: float = 1e-5) -> None:
    """|actual − expected| within `tolerance` of the largest expected magnitude."""
    error = float(np.abs(actual - expected).max())
    assert error <= tolerance * float(np.abs(expected).max()), f"off by {error}"
