"""Writes ggml.npz: matrices and what the `gguf` package (ggml's own Python) makes of them.

Run with the `golden` dependency group: `python tests/golden/formats/generate.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants


def awkward_matrix() -> np.ndarray:
    """Rows of every kind, exact in bf16, float32 [12, 96]: ties, zeros, outliers, tiny and large values."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((12, 96)).astype(np.float32)
    x[1] = 0
    x[2, 5] = 300
    x[3] = np.tile([2.0, -2.0, 0.5, -0.25], 24)
    x[4] = np.tile([-2.0, 2.0, 0.5, -0.25], 24)
    x[5] *= 1e-6
    x[6] *= 1e4
    x[7] = np.arange(96) / 16 - 3
    x[8] = np.tile(np.arange(-4, 4), 12) / 8
    x[9] = rng.standard_t(2, 96)
    x[10] = np.round(x[10] * 4) / 4
    return (x.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def main() -> None:
    x = awkward_matrix()
    fine = np.random.default_rng(8).standard_normal((40, 128)).astype(np.float32) * np.float32(0.03)
    arrays = {}
    for name, matrix in (("awkward", x), ("fine", fine)):
        arrays[name] = matrix
        for kind in (Type.Q4_0, Type.Q8_0):
            packed = quants.quantize(matrix, kind)
            arrays[f"{name}/{kind.name}"] = packed
            arrays[f"{name}/{kind.name}/values"] = quants.dequantize(packed, kind)
    bits = np.concatenate([fine[0], x[9], np.float32([np.inf, -np.inf, 3.4e38, 1e-40, -0.0])])
    arrays["floats"] = bits
    arrays["floats/BF16"] = quants.quantize(bits, Type.BF16).view(np.uint16)
    np.savez_compressed(Path(__file__).with_name("ggml.npz"), **arrays)


if __name__ == "__main__":
    main()
