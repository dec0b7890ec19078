"""Every tensor of the open model measured in the background, on its device where that is faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from app.messages import TaskProgress
from gpu.sweep import Rounding, TensorDamage, sweep

if TYPE_CHECKING:
    from app.engine_desk import Desk

Cancel = Callable[[], bool]
SWEEP = "sweep"


@dataclass(frozen=True, eq=False)
class Swept:
    """One tensor of sweep number `sweep`."""

    sweep: int
    tensor: TensorDamage


@dataclass(frozen=True)
class SweepEnded:
    """`problem` is empty if every tensor was measured; `device_share` of the values were, on the device."""

    sweep: int
    problem: str = ""
    cancelled: bool = False
    seconds: float = 0.0
    device_share: float = 0.0


@dataclass(frozen=True)
class SweepWish:
    """Which roundings, side by side, under which number."""

    number: int
    roundings: tuple[Rounding, ...]


def sweep_tensors(desk: Desk, cancel: Cancel, wish: SweepWish) -> None:
    """Posts `Swept` a tensor, and `SweepEnded`.

    Raises:
        RequestError: no model is open.
        Cancelled: `cancel` said so.
    """
    from gpu.device_damage import SweepDevice  # noqa: PLC0415 - it loads wgpu

    opened = desk.opened
    device, started = SweepDevice(opened.session.gpu), perf_counter()
    try:
        for tensor in sweep(
            opened.files.checkpoint,
            wish.roundings,
            device.measure,
            progress=lambda name, done, total: desk.post(TaskProgress(SWEEP, name, done, total)),
            cancel=cancel,
        ):
            desk.post(Swept(wish.number, tensor))
    finally:
        device.close()
    desk.post(SweepEnded(wish.number, seconds=perf_counter() - started, device_share=device.share))
