"""Random weights of any shape, made as they are read: for benchmarks of models that are not at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.base import GenerationDefaults
from gpu.checkpoints.safetensors_file import row_range
from gpu.formats import floats
from gpu.qwen3.config import Qwen3Config

BANK_VALUES = 2**20
MATRIX_STD = 0.02
NORM_STD = 0.1
ROW_MULTIPLIER = 0x9E3779B97F4A7C15  # odd, from the golden ratio: consecutive rows land far apart


@dataclass(frozen=True)
class SyntheticTensor:
    """Each row is a window into one bank of normal values, at an offset that name and row number decide.

    A memory copy makes a row, so a benchmark waits for the device and not for a random generator. Norms are
    1 + 0.1·n, matrices 0.02·n.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    bank: npt.NDArray[Any]
    norm_bank: npt.NDArray[Any]

    def read(self, rows: slice | None = None) -> npt.NDArray[Any]:
        name_key = int.from_bytes(hashlib.blake2b(self.name.encode(), digest_size=8).digest(), "little")
        if len(self.shape) == 1:
            offset = name_key % (self.norm_bank.size - self.shape[0] + 1)
            return self.norm_bank[offset : offset + self.shape[0]][rows or slice(None)]
        start, stop = row_range(rows or slice(None), self.shape[0])
        row_keys = np.arange(start, stop, dtype=np.uint64) * np.uint64(ROW_MULTIPLIER) + np.uint64(name_key)
        windows: npt.NDArray[Any] = np.lib.stride_tricks.sliding_window_view(self.bank, self.shape[1])
        chosen: npt.NDArray[Any] = windows[(row_keys >> np.uint64(16)) % np.uint64(len(windows))]
        return chosen

    def read_f32(self, rows: slice | None = None) -> npt.NDArray[np.float32]:
        return floats.to_f32(self.read(rows), self.dtype)


@dataclass(frozen=True)
class SyntheticCheckpoint:
    """Deterministic random weights of a given shape; equal arguments give equal weights.

    `dtype` is "bf16", "f16" or "f32". Rows may be wider than the bank only up to its 2^20 values.
    """

    config: Qwen3Config
    seed: int = 0
    dtype: str = "bf16"

    @property
    def path(self) -> Path:
        return Path(f"synthetic-{self.fingerprint[:8]}")

    @property
    def generation(self) -> GenerationDefaults:
        return GenerationDefaults(eos_token_ids=self.config.eos_token_ids)

    @cached_property
    def fingerprint(self) -> str:
        description = f"synthetic 1 {self.config!r} {self.seed} {self.dtype}"
        return hashlib.blake2b(description.encode(), digest_size=16).hexdigest()

    def names(self) -> Sequence[str]:
        return tuple(self._shapes)

    def tensor(self, name: str) -> SyntheticTensor:
        matrix, norm = self._banks
        return SyntheticTensor(name, self._shapes[name], self.dtype, matrix, norm)

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return self.config.tensor_shapes()

    @cached_property
    def _banks(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        normal = np.random.default_rng(self.seed).standard_normal(BANK_VALUES, dtype=np.float32)
        return (
            floats.from_f32(normal * np.float32(MATRIX_STD), self.dtype),
            floats.from_f32(1 + normal * np.float32(NORM_STD), self.dtype),
        )
