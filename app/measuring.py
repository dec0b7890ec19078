"""What the microscope has measured on its own thread: one matrix from the map down to what would help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.presenters.microscope_lists import Tried
from gpu.blast_radius import RadiusPoint, blast_radius
from gpu.block_map import BlockMap, map_blocks
from gpu.damage_stream import RowSource, Watch, sample_rows
from gpu.errors import Cancelled
from gpu.output_error import OutputError, output_error
from gpu.sweep import Rounding
from gpu.what_if import Outcome, WhatIf, consider

F32 = npt.NDArray[np.float32]
Post = Callable[[object], None]
Cancel = Callable[[], bool]
RADIUS_VALUES = 1 << 18
TRIED_VALUES = 1 << 18
OUTPUT_VALUES = 1 << 24
SPIKE_RATIO = 8.0
_BLOCKS = ("b16", "b32", "b64", "b128", "token", "tensor")
_FORMATS = ("int8", "int4", "int4-affine", "q4_0", "q4_k", "nf4", "mxfp4", "nvfp4", "fp8-e4m3")
REMEDIES = {
    "keep": ("4 channels in 16 bits", "LLM.int8(): the input channels of largest magnitude are not rounded"),
    "smooth": ("smooth, α = 0.5", "SmoothQuant: magnitude moves from activations into weights"),
    "rotate": ("rotate (Hadamard)", "A rotation spreads an outlier over all channels"),
}


@dataclass(frozen=True, eq=False)
class Look:
    """What to measure, under a number that comes back. `activations` [tokens, channels] where captured."""

    number: int
    source: RowSource
    rounding: Rounding
    activations: F32 | None = None
    remedies: frozenset[str] = frozenset()
    known: BlockMap | None = None


@dataclass(frozen=True, eq=False)
class Mapped:
    number: int
    blocks: BlockMap


@dataclass(frozen=True, eq=False)
class Radius:
    number: int
    points: tuple[RadiusPoint, ...]


@dataclass(frozen=True, eq=False)
class Options:
    number: int
    tried: tuple[Tried, ...]


@dataclass(frozen=True, eq=False)
class Output:
    """`salient` is mean|x| · ‖w‖ of every channel, `spiking` the channels that stand out."""

    number: int
    error: OutputError
    salient: F32
    spiking: npt.NDArray[np.int64]


def measure_all(look: Look, post: Post, cancel: Cancel) -> None:
    """Map, blast radius, the output's error and what would help, each posted as soon as it is known.

    Raises:
        QuantscopeError: whatever the values or the format cannot do.
        Cancelled: something else is wanted by now.
    """
    blocks = look.known or map_blocks(look.source, look.rounding, Watch(cancel=cancel))
    post(Mapped(look.number, blocks))
    values = sample_rows(look.source, RADIUS_VALUES)
    values = np.where(np.isfinite(values), values, np.float32(0))
    if look.activations is not None:
        _give_way(cancel)
        post(_output(look, look.activations))
    _give_way(cancel)
    post(Radius(look.number, blast_radius(values)))
    tried: list[Tried] = []
    for what in candidates(look):
        _give_way(cancel)
        rows = values[: max(TRIED_VALUES // values.shape[1], 1)]
        tried.append(replace(what[0], outcome=consider(what[1], rows, look.activations)))
    post(Options(look.number, tuple(tried)))


def candidates(look: Look) -> list[tuple[Tried, WhatIf]]:
    """Other blocks, other formats, and each remedy put in or taken out."""
    base = WhatIf(look.rounding, *_given(look.remedies, look.activations is not None))
    found = [(_named(f"at:{look.rounding}", f"as it is: {look.rounding}"), base)]
    for reach in () if look.rounding.format.spec.fixed else _BLOCKS:
        if reach != str(look.rounding.granularity):
            other = Rounding.parse(f"{look.rounding.format.spec.name}@{reach}")
            named = _named(f"at:{other}", f"scales {_reach_words(reach)}")
            found.append((named, replace(base, weights=other)))
    for name in _FORMATS:
        if name != look.rounding.format.spec.name:
            other = Rounding.parse(name)
            found.append((_named(f"at:{other}", str(other)), replace(base, weights=other)))
    for key, (label, tooltip) in REMEDIES.items():
        if key != "smooth" or look.activations is not None:
            toggled = look.remedies ^ {key}
            what = WhatIf(look.rounding, *_given(toggled, look.activations is not None))
            on = key in look.remedies
            words = f"without: {label}" if on else label
            found.append((replace(_named(f"do:{key}", words), tooltip=tooltip, on=on), what))
    return found


def spiking_channels(activations: F32) -> npt.NDArray[np.int64]:
    """Channels whose mean magnitude is `SPIKE_RATIO` times the median channel's, largest first."""
    means = np.abs(activations).mean(axis=0)
    order = np.argsort(-means, kind="stable")
    spiking: npt.NDArray[np.int64] = order[means[order] > SPIKE_RATIO * np.median(means)]
    return spiking


def _output(look: Look, activations: F32) -> Output:
    weights = look.source.read_f32(slice(0, max(OUTPUT_VALUES // look.source.shape[1], 1)))
    salient = np.abs(activations).mean(axis=0) * np.linalg.norm(weights, axis=0)
    error = output_error(weights, activations, look.rounding)
    return Output(look.number, error, salient.astype(np.float32), spiking_channels(activations))


def _given(remedies: frozenset[str], captured: bool) -> tuple[Rounding | None, int, float | None, bool]:
    """activations, kept channels, smoothing, rotation."""
    activations = Rounding.parse("int8@b32") if captured else None
    return activations, 4 * ("keep" in remedies), 0.5 if "smooth" in remedies else None, "rotate" in remedies


def _named(key: str, label: str) -> Tried:
    return Tried(key, label, Outcome(0.0, 0.0, None, None, None))  # until it is tried


def _reach_words(reach: str) -> str:
    return {"token": "per row", "tensor": "one for all"}.get(reach, f"per {reach[1:]}")


def _give_way(cancel: Cancel) -> None:
    if cancel():
        raise Cancelled
