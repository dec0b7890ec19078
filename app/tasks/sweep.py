"""Every tensor of the open model measured in the background, on its device where that is faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.messages import TaskProgress
from app.tasks.tensors import capture_values, site_of
from gpu.checkpoints.base import Checkpoint
from gpu.damage_stream import sample_rows
from gpu.output_error import relative_output_error
from gpu.sweep import Rounding, TensorDamage, sweep

if TYPE_CHECKING:
    from app.engine_desk import Desk

Cancel = Callable[[], bool]
SWEEP = "sweep"
TOKENS = 32
SAMPLE_VALUES = 1 << 19


@dataclass(frozen=True, eq=False)
class Swept:
    """One tensor of sweep number `sweep`; `output` is ‖(Ŵ−W)X‖/‖WX‖ a rounding, on rows evenly over the
    tensor, empty where nothing was captured that it reads."""

    sweep: int
    tensor: TensorDamage
    output: tuple[float, ...] = ()


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
    """Which roundings, side by side, under which number. `text` is run first, so that the error of every
    layer's output can be told; without one it is left out."""

    number: int
    roundings: tuple[Rounding, ...]
    text: str = ""


def sweep_tensors(desk: Desk, cancel: Cancel, wish: SweepWish) -> None:
    """Posts `Swept` a tensor, and `SweepEnded`.

    Raises:
        RequestError: no model is open.
        Cancelled: `cancel` said so.
    """
    from gpu.device_damage import SweepDevice  # noqa: PLC0415 - it loads wgpu

    opened = desk.opened
    started = perf_counter()
    captured = _captured(desk, cancel, wish.text)
    device = SweepDevice(opened.session.gpu)
    try:
        for tensor in sweep(
            opened.files.checkpoint,
            wish.roundings,
            device.measure,
            progress=lambda name, done, total: desk.post(TaskProgress(SWEEP, name, done, total)),
            cancel=cancel,
        ):
            output = _output_errors(opened.files.checkpoint, tensor.name, wish.roundings, captured)
            desk.post(Swept(wish.number, tensor, output))
    finally:
        device.close()
    desk.post(SweepEnded(wish.number, seconds=perf_counter() - started, device_share=device.share))


def _captured(desk: Desk, cancel: Cancel, text: str) -> dict[str, npt.NDArray[np.float32]]:
    """What every site that a tensor reads holds for a few tokens."""
    if not text:
        return {}
    desk.post(TaskProgress(SWEEP, "capturing activations"))
    model = desk.opened.session.model
    read = {site_of(name) for name in desk.opened.files.checkpoint.names()}
    return capture_values(desk, cancel, text, TOKENS, frozenset(read & set(model.sites)))


def _output_errors(
    checkpoint: Checkpoint,
    name: str,
    roundings: tuple[Rounding, ...],
    captured: dict[str, npt.NDArray[np.float32]],
) -> tuple[float, ...]:
    activations = captured.get(site_of(name))
    if activations is None:
        return ()
    weights = sample_rows(checkpoint.tensor(name), SAMPLE_VALUES)
    return tuple(relative_output_error(weights, activations, rounding) for rounding in roundings)
