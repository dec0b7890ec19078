"""The damage of checkpoint tensors on the GPU, where that is faster than numpy."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.damage import measure
from gpu.damage_stream import ArrayRows, RowSource, Watch
from gpu.damage_totals import DamageTotals
from gpu.device import Gpu
from gpu.errors import Cancelled
from gpu.kernels.block_damage import INFINITY_BITS, SUMS, block_damage, rule_of, workgroups
from gpu.kit import Kit
from gpu.sweep import Rounding, measure_in_numpy

PART_BYTES = 16 << 20
_TRIAL_VALUES = 1 << 20  # how much is measured both ways to find out which is faster


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the kernel found in one part, in double precision."""

    signal: float
    noise: float
    max_error: float
    zeroed: int
    worst_ratio: float
    worst_block: int
    finite: bool


class SweepDevice:
    """Measures on a device what its kernel can and it is faster at, and the rest in numpy.

    `measure` is a `gpu.sweep.Measure`. What was measured where is counted in values. Buffers live as long as
    one tensor takes; `close` frees the constants.
    """

    def __init__(self, gpu: Gpu, always: bool = False) -> None:
        self._gpu = gpu
        self._kit: Kit | None = None
        self._faster: dict[str, bool] = {}
        self._always = always
        self._values = {"device": 0, "numpy": 0}

    @property
    def share(self) -> float:
        """Share of the values that the device measured."""
        return self._values["device"] / max(sum(self._values.values()), 1)

    def measure(self, source: RowSource, rounding: Rounding, watch: Watch) -> DamageTotals:
        """Raises Cancelled, or whatever reading the tensor does."""
        totals = None
        if self._can(source, rounding) and (self._always or self._is_faster(source, rounding)):
            totals = _DeviceRun(self._gpu, self._get_kit(), source, rounding).run(watch)
        self._values["device" if totals else "numpy"] += int(np.prod(source.shape))
        return totals or measure_in_numpy(source, rounding, watch)

    def close(self) -> None:
        """Free the constants of the kernel."""
        if self._kit is not None:
            self._kit.release()
            self._kit = None

    def _get_kit(self) -> Kit:
        self._kit = self._kit or Kit(self._gpu)
        return self._kit

    def _can(self, source: RowSource, rounding: Rounding) -> bool:
        block = rounding.granularity.length
        fits = block > 0 and block % 4 == 0 and source.shape[1] % block == 0
        return fits and rule_of(rounding.format) is not None and hasattr(source, "dtype")

    def _is_faster(self, source: RowSource, rounding: Rounding) -> bool:
        """Measured once a format, on the first tensor that is large enough to tell."""
        name, rows = str(rounding), _TRIAL_VALUES // source.shape[1]
        if name not in self._faster:
            if source.shape[0] < rows:
                return False
            part = _Rows(source, min(rows, source.shape[0]))
            run = _DeviceRun(self._gpu, self._get_kit(), part, rounding)
            run.run(Watch())  # compiles
            begun = perf_counter()
            run.run(Watch())
            between = perf_counter()
            measure_in_numpy(ArrayRows(part.read_f32()), rounding, Watch())
            self._faster[name] = between - begun < perf_counter() - between
        return self._faster[name]


class _Rows:
    """The first rows of a tensor."""

    def __init__(self, source: Any, rows: int) -> None:
        self._source = source
        self.shape = (rows, source.shape[1])
        self.dtype = source.dtype

    def read(self, rows: slice | None = None) -> npt.NDArray[Any]:
        start, stop, _ = (rows or slice(None)).indices(self.shape[0])
        stored: npt.NDArray[Any] = self._source.read(slice(start, stop))
        return stored

    def read_f32(self, rows: slice | None = None) -> npt.NDArray[np.float32]:
        start, stop, _ = (rows or slice(None)).indices(self.shape[0])
        values: npt.NDArray[np.float32] = self._source.read_f32(slice(start, stop))
        return values


class _DeviceRun:
    """One tensor through the kernel, part by part."""

    def __init__(self, gpu: Gpu, kit: Kit, source: Any, rounding: Rounding) -> None:
        self._gpu, self._kit, self._source, self._rounding = gpu, kit, source, rounding
        self._block = rounding.granularity.length

    def run(self, watch: Watch) -> DamageTotals | None:
        """None if values or scales are not finite: numpy says where they are."""
        rows, width = self._source.shape
        step = max(PART_BYTES // (width * (4 if self._source.dtype == "f32" else 2)), 1)
        buffers = self._buffers(min(step, rows))
        try:
            parts = []
            for first in range(0, rows, step):
                if watch.cancel():
                    raise Cancelled
                last = min(first + step, rows)
                parts.append(self._measure_part(buffers, first, last))
                if not parts[-1].finite:
                    return None
                watch.progress(last, rows)
            levels = np.frombuffer(self._gpu.read(buffers["counts"], 1028), np.uint32)
        finally:
            for buffer in buffers.values():
                self._gpu.ledger.release(buffer)
        return self._totals(parts, levels.astype(np.int64))

    def _buffers(self, rows: int) -> dict[str, Any]:
        ledger, values = self._gpu.ledger, rows * self._source.shape[1]
        groups = workgroups(self._kit, values // self._block)
        return {
            "stored": ledger.buffer("damage values", "workspace", values * 4),
            "sums": ledger.buffer("damage sums", "workspace", groups * SUMS.itemsize),
            "counts": ledger.buffer("damage levels", "workspace", 257 * 4),
        }

    def _measure_part(self, buffers: dict[str, Any], first: int, last: int) -> _Sums:
        stored = np.ascontiguousarray(self._source.read(slice(first, last))).reshape(-1)
        blocks, groups = stored.size // self._block, workgroups(self._kit, stored.size // self._block)
        self._gpu.write(buffers["stored"], stored.view(np.uint8))
        dispatch = block_damage(
            self._kit, self._rounding.format, self._source.dtype, self._block, blocks, buffers
        )
        encoder = self._gpu.device.create_command_encoder()
        compute_pass = encoder.begin_compute_pass()
        dispatch.record(compute_pass, groups)
        compute_pass.end()
        self._gpu.submit(encoder.finish())
        found = np.frombuffer(self._gpu.read(buffers["sums"], groups * SUMS.itemsize), SUMS)
        worst = found[int(found["worst_ratio"].argmax())]
        per_row = self._source.shape[1] // self._block
        return _Sums(
            signal=float(found["signal"].sum(dtype=np.float64)),
            noise=float(found["noise"].sum(dtype=np.float64)),
            max_error=float(found["max_error"].max()),
            zeroed=int(found["zeroed"].sum(dtype=np.int64)),
            worst_ratio=float(worst["worst_ratio"]),
            worst_block=int(worst["worst_block"]) + first * per_row,
            finite=int(found["largest_bits"].max()) < INFINITY_BITS
            and bool(np.isfinite(found["noise"]).all()),
        )

    def _totals(self, parts: list[_Sums], levels: npt.NDArray[np.int64]) -> DamageTotals:
        rows, width = self._source.shape
        spec, per_row = self._rounding.format.spec, width // self._block
        worst = max(parts, key=lambda part: part.worst_ratio)
        return DamageTotals(
            spec=spec,
            granularity=self._rounding.granularity,
            block=self._block,
            values=rows * width,
            scales=rows * per_row,
            signal=sum(part.signal for part in parts),
            noise=sum(part.noise for part in parts),
            max_error=max(part.max_error for part in parts),
            zeroed=sum(part.zeroed for part in parts),
            levels=levels[: spec.levels + 1],
            blocks=rows * per_row,
            blocks_per_row=per_row,
            worst=self._worst(*divmod(worst.worst_block, per_row)) if worst.worst_ratio > 0 else None,
            non_finite=0,
            first_non_finite=None,
        )

    def _worst(self, row: int, block: int) -> dict[str, Any]:
        """The block's own figures, from numpy."""
        values = self._source.read_f32(slice(row, row + 1))
        return {
            **measure(values, self._rounding.format, str(self._rounding.granularity)).block_summary(0, block),
            "row": row,
        }
