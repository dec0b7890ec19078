"""What every source of weights offers, whatever container it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from gpu.qwen3.config import Qwen3Config


class TensorSource(Protocol):
    """One tensor, read when it is asked for.

    `dtype` is "bf16", "f16" or "f32". `read` gives the stored values (bf16 as uint16 bits, f16 as float16,
    f32 as float32) of the rows asked for along axis 0, and `read_f32` the same values as float32, exactly. An
    array may be backed by the file: it is read-only, and dropping it gives its memory back.
    """

    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> str: ...
    def read(self, rows: slice | None = None) -> npt.NDArray[Any]: ...
    def read_f32(self, rows: slice | None = None) -> npt.NDArray[np.float32]: ...


@dataclass(frozen=True)
class GenerationDefaults:
    """What a checkpoint recommends for sampling; None where it says nothing."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    do_sample: bool | None = None
    eos_token_ids: tuple[int, ...] = ()


class Checkpoint(Protocol):
    """A model's weights under their Hugging Face names, its shape and its recommended sampling.

    `fingerprint` is a short key of the content: equal for copies, different once a weight changes.
    """

    @property
    def path(self) -> Path: ...
    @property
    def config(self) -> Qwen3Config: ...
    @property
    def generation(self) -> GenerationDefaults: ...
    @property
    def fingerprint(self) -> str: ...
    def names(self) -> Sequence[str]: ...
    def tensor(self, name: str) -> TensorSource: ...
