"""The damage of every matrix of a checkpoint, under one scheme or several side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

from gpu.checkpoints.base import Checkpoint, TensorSource
from gpu.damage_stream import RowSource, Watch, measure_rows
from gpu.damage_totals import DamageTotals
from gpu.formats.family import choose_granularity, find_format
from gpu.formats.granularity import Granularity
from gpu.formats.number_format import NumberFormat


@dataclass(frozen=True)
class Rounding:
    """A format at a granularity, such as `int4@b32`."""

    format: NumberFormat
    granularity: Granularity

    @classmethod
    def parse(cls, name: str) -> Rounding:
        """Read `FORMAT` or `FORMAT@GRANULARITY`.

        Raises:
            SchemeError: an unknown format, an unknown granularity, or one the format cannot have.
        """
        format_name, _, reach = name.partition("@")
        found = find_format(format_name)
        return cls(found, choose_granularity(found, reach or None))

    def __str__(self) -> str:
        return f"{self.format.spec.name}@{self.granularity}"


class Measure(Protocol):
    """How one tensor is measured: by numpy, or on a device (`gpu.device_damage`)."""

    def __call__(self, source: RowSource, rounding: Rounding, watch: Watch) -> DamageTotals: ...


def measure_in_numpy(source: RowSource, rounding: Rounding, watch: Watch) -> DamageTotals:
    return measure_rows(source, rounding.format, str(rounding.granularity), watch)


@dataclass(frozen=True, eq=False)
class TensorDamage:
    """One matrix of a checkpoint; `totals` are in the order of the roundings asked for."""

    name: str
    shape: tuple[int, ...]
    stored_bytes: int  # in the checkpoint
    totals: tuple[DamageTotals, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "shape": list(self.shape),
            "stored_bytes": self.stored_bytes,
            "schemes": [{**t.summary(), "quantized_bytes": t.stored_bytes} for t in self.totals],
        }


def matrices(checkpoint: Checkpoint) -> list[TensorSource]:
    """What is worth quantizing: everything of two axes, in the checkpoint's order."""
    tensors = (checkpoint.tensor(name) for name in checkpoint.names())
    return [tensor for tensor in tensors if len(tensor.shape) == 2]


def sweep(
    checkpoint: Checkpoint,
    roundings: Sequence[Rounding],
    measure: Measure = measure_in_numpy,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _total: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Iterator[TensorDamage]:
    """Measure one matrix after the other; `progress` hears of (tensor, values done, values in all).

    Raises:
        Cancelled: `cancel` said so.
    """
    tensors = matrices(checkpoint)
    total = sum(prod(tensor.shape) for tensor in tensors) * len(roundings)
    done = 0
    for tensor in tensors:
        totals = []
        for rounding in roundings:
            so_far = done
            watch = Watch(
                progress=lambda rows, _all, at=so_far, of=tensor: progress(  # type: ignore[misc]
                    of.name, at + rows * of.shape[1], total
                ),
                cancel=cancel,
            )
            totals.append(measure(tensor, rounding, watch))
            done += prod(tensor.shape)
        yield TensorDamage(tensor.name, tensor.shape, _stored_bytes(tensor), tuple(totals))


def _stored_bytes(tensor: TensorSource) -> int:
    return prod(tensor.shape) * (4 if tensor.dtype == "f32" else 2)
