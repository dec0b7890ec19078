"""Writes family.npz: a matrix and what the reference implementation of each format makes of it.

Run with the `golden` dependency group: `python -m tests.golden.formats.family LIBRARY`, LIBRARY being
llama.cpp's `ggml/src/ggml-quants.c` compiled by itself into a shared library, without contracting
multiplications and additions into one rounding (`cc -O2 -ffp-contract=off -shared -fPIC -Wl,-z,lazy`).
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import bitsandbytes.functional
import ml_dtypes
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from gguf import quants

GGML = {
    "q4_0": Type.Q4_0,
    "q4_1": Type.Q4_1,
    "q8_0": Type.Q8_0,
    "q4_k": Type.Q4_K,
    "q5_k": Type.Q5_K,
    "q6_k": Type.Q6_K,
}
ELEMENTS = {
    "e4m3": ml_dtypes.float8_e4m3fn,
    "e5m2": ml_dtypes.float8_e5m2,
    "e2m3": ml_dtypes.float6_e2m3fn,
    "e3m2": ml_dtypes.float6_e3m2fn,
    "e2m1": ml_dtypes.float4_e2m1fn,
}
MICROSCALED = {
    "mxfp8-e4m3": ("e4m3", 8),
    "mxfp8-e5m2": ("e5m2", 15),
    "mxfp6-e2m3": ("e2m3", 2),
    "mxfp6-e3m2": ("e3m2", 4),
    "mxfp4": ("e2m1", 2),
}


def matrix() -> np.ndarray:
    """float32 [10, 512]: normal, zeros, outliers, ties, one sign, heavy tails, tiny, large."""
    rng = np.random.default_rng(17)
    x = rng.standard_normal((10, 512)).astype(np.float32)
    x[1] = 0
    x[2, ::71] = 300
    x[3] = np.arange(512) % 17 / 16 - 0.5
    x[4] = np.abs(x[4]) + 3
    x[5] = -np.abs(x[5])
    x[6] = rng.standard_t(2, 512)
    x[7] *= 1e-6
    x[8] *= 3e3
    x[9, 100:300] = 0
    return x


def ggml(library: ctypes.CDLL, name: str, x: np.ndarray) -> np.ndarray:
    """Quantized by llama.cpp's reference in C, restored by the `gguf` package."""
    packed = np.zeros(quants.quant_shape_to_byte_shape(x.shape, GGML[name]), np.uint8)
    quantize = getattr(library, f"quantize_row_{name[:3]}{name[3:].upper()}_ref")
    pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (x, packed))
    quantize(*pointers, ctypes.c_int64(x.size))
    return quants.dequantize(packed, GGML[name])


def cast(x: np.ndarray, element: str) -> np.ndarray:
    """To nearest, ties to even, saturating."""
    kind = ELEMENTS[element]
    largest = float(ml_dtypes.finfo(kind).max)
    return np.clip(x, -largest, largest).astype(kind).astype(np.float32)


def microscaled(x: np.ndarray, element: str, largest_exponent: int) -> np.ndarray:
    blocks = x.reshape(-1, 32).astype(np.float64)
    absmax = np.abs(blocks).max(axis=1, keepdims=True)
    exponent = np.floor(np.log2(np.where(absmax > 0, absmax, 1))) - largest_exponent
    scale = (2.0**exponent).astype(ml_dtypes.float8_e8m0fnu).astype(np.float64)
    return (cast((blocks / scale).astype(np.float32), element) * scale).astype(np.float32).reshape(x.shape)


def nvfp4(x: np.ndarray) -> np.ndarray:
    """Every division and product in float32, as the format's kernels do it."""
    blocks = x.reshape(-1, 16)
    tensor_scale = np.float32(np.abs(x).max()) / np.float32(6 * 448)
    wanted = np.abs(blocks).max(axis=1) / np.float32(6) * (np.float32(1) / tensor_scale)
    scale = cast(wanted, "e4m3") * tensor_scale
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale > 0)
    return (cast(blocks * inverse[:, None], "e2m1") * scale[:, None]).reshape(x.shape)


def nf4(x: np.ndarray) -> np.ndarray:
    packed, state = bitsandbytes.functional.quantize_4bit(torch.from_numpy(x), blocksize=64, quant_type="nf4")
    return bitsandbytes.functional.dequantize_4bit(packed, state).numpy()


def main(library_file: str) -> None:
    x = matrix()
    library = ctypes.CDLL(library_file, mode=os.RTLD_LAZY)  # the rest of ggml is not needed
    numbers = np.concatenate(
        [np.linspace(-9, 9, 1201), 2.0 ** np.arange(-12, 10, 0.25), [0.0, 500.0, 70000.0]]
    )
    numbers = numbers.astype(np.float32)
    arrays = {"matrix": x, "numbers": numbers, "nf4": nf4(x), "nvfp4": nvfp4(x)}
    arrays |= {name: ggml(library, name, x) for name in GGML}
    arrays |= {name: microscaled(x, *how) for name, how in MICROSCALED.items()}
    arrays |= {name: cast(numbers, name) for name in ELEMENTS}
    np.savez_compressed(Path(__file__).with_name("family.npz"), **arrays)


if __name__ == "__main__":
    main(sys.argv[1])
