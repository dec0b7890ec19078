"""Fill a model's weights from a checkpoint, or from the quantized copy an earlier load kept.

Tensors stream through in ranges of rows, so the process holds a tensor's codes at most, never a model. Codes
are kept on disk as the formats pack them, whatever the layout on the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import BLOCK
from gpu.budget import DEFAULT_CONTEXT_TOKENS
from gpu.checkpoints.base import Checkpoint
from gpu.checkpoints.finite import first_nonfinite
from gpu.checkpoints.quantized_cache import QuantizedCache
from gpu.device import Gpu
from gpu.errors import Cancelled, FormatError, QuantscopeError, RequestError
from gpu.formats import floats, q4, q8
from gpu.layouts import DeviceMatrix, MatrixSpec, choose_layout
from gpu.qwen3.allocation import Plan
from gpu.qwen3.keeper import Keeper, Rows, cache_key, cache_names
from gpu.qwen3.stacks import ModelStacks, Stack
from gpu.qwen3.weights import Weights
from gpu.scheme import Scheme

Codes = npt.NDArray[Any]
Scales = npt.NDArray[np.float16] | None
RowsOf = Callable[[Stack, DeviceMatrix], Iterator[Rows]]


@dataclass(frozen=True)
class LoadProgress:
    """`stage` in words and how far it is, in bytes of the checkpoint."""

    stage: str
    done_bytes: int
    total_bytes: int


def _ignore(_: LoadProgress) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class LoadOptions:
    """How to load: `context_tokens` None takes the model's own, up to 4,096. `available_bytes` None asks the
    adapter. `layout` None takes the adapter's own. `prefix_bytes` of host memory keep prefixes that left the
    cache. `probed` says which kernels are compiled while weights are read. `notice` hears of what went wrong
    without stopping the load."""

    context_tokens: int | None = None
    cache_directory: Path | None = None
    available_bytes: int | None = None
    layout: str | None = None
    prefix_bytes: int = 0
    probed: bool = False
    progress: Callable[[LoadProgress], None] = field(default=_ignore, repr=False)
    cancel: Callable[[], bool] = field(default=lambda: False, repr=False)
    notice: Callable[[str], None] = field(default=lambda _: None, repr=False)


class Loader:
    """One load of one checkpoint into allocated weights."""

    def __init__(self, gpu: Gpu, checkpoint: Checkpoint, stacks: ModelStacks, options: LoadOptions) -> None:
        self._gpu, self._checkpoint, self._stacks, self._options = gpu, checkpoint, stacks, options
        self._total = sum(int(np.prod(s)) for s in checkpoint.config.tensor_shapes().values())
        self._done = 0
        self._stage = "Reading weights"

    def fill(self, weights: Weights) -> None:
        """Upload everything.

        Raises:
            FormatError: a tensor holds NaN or infinity, or the file ends early.
            Cancelled: `options.cancel` said so.
        """
        for name, buffer in weights.gains.items():
            self._fill_gain(name, buffer)
        cached = self._open_cache()
        if cached is not None:
            self._stage = "Reading quantized weights"
            self._fill_from(
                weights, self._or_as_it_is(lambda stack, matrix: self._cached(cached, stack, matrix))
            )
            return
        self._stage = "Quantizing weights" if self._stacks.embedding.spec.has_scales else self._stage
        if self._key is None or self._options.cache_directory is None:
            self._fill_from(weights, self._quantized)
            return
        with Keeper(self._options.cache_directory, self._key, self._stacks, self._options.notice) as keeper:
            self._fill_from(
                weights,
                self._or_as_it_is(
                    lambda stack, matrix: keeper.passing(stack, self._quantized(stack, matrix))
                ),
            )

    @property
    def _key(self) -> str | None:
        """Of the quantized copy; None for weights that are not quantized, which need none."""
        if not self._stacks.embedding.spec.has_scales or self._options.cache_directory is None:
            return None
        return cache_key(self._checkpoint.fingerprint, self._stacks)

    def _open_cache(self) -> Mapping[str, npt.NDArray[Any]] | None:
        if self._key is None or self._options.cache_directory is None:
            return None
        return QuantizedCache(self._options.cache_directory).open(self._key)

    def _fill_gain(self, name: str, buffer: Any) -> None:
        source = self._checkpoint.tensor(name)
        stored = source.read()
        self._check(name, stored, 0, source.dtype)
        values = floats.to_f32(stored, source.dtype)
        padded = np.pad(values, (0, -values.size % BLOCK))
        self._gpu.write(buffer, padded.view(np.uint8))
        self._advance(values.size)

    def _fill_from(self, weights: Weights, rows_of: RowsOf) -> None:
        for stack in self._stacks.all():
            matrix = weights.by_stack[stack.spec.name]
            for row, codes, scales in rows_of(stack, matrix):
                matrix.write(row, codes, scales)
                self._advance(codes.shape[0] * stack.spec.columns)

    def _or_as_it_is(self, rows_of: RowsOf) -> RowsOf:
        """By `rows_of`, but from the checkpoint what no scheme quantizes and no cache keeps."""
        return lambda stack, matrix: (rows_of if stack.spec.has_scales else self._quantized)(stack, matrix)

    def _quantized(self, stack: Stack, matrix: DeviceMatrix) -> Iterator[Rows]:
        """(first row in the matrix, codes, scales) of every range of rows of every tensor of a stack."""
        step, offset = matrix.row_step(), 0
        for tensors, height in stack.turns():
            for start in range(0, height, step):
                stop = min(start + step, height)
                parts = [self._rows(stack.spec, name, start, stop) for name in tensors]
                codes = in_turn([codes for codes, _ in parts])
                scales = [scales for _, scales in parts if scales is not None]
                yield offset + start * len(tensors), codes, in_turn(scales) if scales else None
            offset += height * len(tensors)

    def _rows(self, spec: MatrixSpec, name: str, start: int, stop: int) -> tuple[Codes, Scales]:
        """Rows of one tensor, checked and encoded."""
        source = self._checkpoint.tensor(name)
        stored = source.read(slice(start, stop))
        self._check(name, stored, start, source.dtype)
        return self._encoded(spec, name, stored, source.dtype)

    def _encoded(
        self, spec: MatrixSpec, name: str, stored: npt.NDArray[Any], dtype: str
    ) -> tuple[Codes, Scales]:
        try:
            return encode(spec, stored, dtype)
        except QuantscopeError as error:
            raise FormatError(
                self._checkpoint.path,
                f"the {dtype} tensor {name} holds values too large for a 16-bit scale; run it at W16A16.",
            ) from error

    def _cached(self, arrays: Mapping[str, Codes], stack: Stack, matrix: DeviceMatrix) -> Iterator[Rows]:
        codes, scales = (arrays[name] for name in cache_names(stack))
        for start in range(0, stack.spec.rows, matrix.row_step()):
            rows = slice(start, start + matrix.row_step())
            yield start, codes[rows], scales[rows]

    def _check(self, name: str, stored: npt.NDArray[Any], first_row: int, dtype: str) -> None:
        place = first_nonfinite(stored)
        if place is None:
            return
        row = first_row + place // int(np.prod(stored.shape[1:]))
        raise FormatError(
            self._checkpoint.path,
            f"the {dtype} tensor {name} holds NaN or infinity in row {row:,}; the checkpoint is broken.",
        )

    def _advance(self, values: int) -> None:
        if self._options.cancel():
            raise Cancelled
        self._done += values
        self._options.progress(LoadProgress(self._stage, self._done * 2, self._total * 2))


def in_turn(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Row 0 of each, row 1 of each, …: arrays [rows, width] -> [rows · count, width]."""
    return parts[0] if len(parts) == 1 else np.stack(parts, axis=1).reshape(-1, parts[0].shape[1])


def encode(spec: MatrixSpec, stored: npt.NDArray[Any], dtype: str) -> tuple[Codes, Scales]:
    """Rows of a checkpoint tensor as the matrix holds them: codes with scales, or values padded to blocks."""
    if spec.format == "q4":
        packed = q4.quantize(floats.to_f32(stored, dtype), spec.group)
        return packed.codes, packed.scales
    if spec.format == "q8":
        packed8 = q8.quantize(floats.to_f32(stored, dtype), spec.group)
        return packed8.codes, packed8.scales
    kept = stored if spec.format == dtype else floats.to_f32(stored, dtype)
    return np.pad(kept, ((0, 0), (0, -kept.shape[1] % BLOCK))), None


def plan_load(gpu: Gpu, checkpoint: Checkpoint, scheme: Scheme, options: LoadOptions) -> Plan:
    """What to allocate. Raises RequestError for a context that this model does not take."""
    longest = checkpoint.config.max_position_embeddings
    wanted = min(DEFAULT_CONTEXT_TOKENS, longest)
    if options.context_tokens is not None:
        wanted = options.context_tokens
    if not 2 <= wanted <= longest:
        raise RequestError(
            f"A context of {wanted:,} tokens was asked for; this model takes 2 to {longest:,}."
        )
    layout = options.layout or choose_layout(gpu)
    return Plan(checkpoint.config, scheme, wanted, layout, lambda name: checkpoint.tensor(name).dtype)
