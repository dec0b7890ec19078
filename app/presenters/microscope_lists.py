"""The microscope's lists: every tensor, what would help, and which blocks cost the output most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gpu.output_error import OutputError
from gpu.sweep import Rounding, TensorDamage
from gpu.units import size_text
from gpu.what_if import Outcome
from views.frames.choice import Choice
from views.frames.microscope import OptionFrame, OptionsFrame, TensorRow, TensorsFrame

NO_VERSUS = "none"
_LAYER = re.compile(r"layers\.(\d+)\.(?:\w+\.)?(\w+)\.weight$")
_VERSUS = ("q4_0", "q4_k", "q5_k", "q6_k", "q8_0", "int8", "nf4", "mxfp4", "nvfp4", "fp8-e4m3")
_SHOWN_BLOCKS = 14


@dataclass(frozen=True)
class Progress:
    """How far a sweep is."""

    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, eq=False)
class Listed:
    """Every matrix of the model by name and shape, and what is known of it so far."""

    shapes: Mapping[str, tuple[int, ...]]
    found: Mapping[str, TensorDamage]
    roundings: tuple[Rounding, ...]
    outputs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def tensors_frame(
    listed: Listed, versus: str, progress: Progress | None, chosen: str, told: str = ""
) -> TensorsFrame:
    names = tuple(str(rounding) for rounding in listed.roundings)
    titles = ("dB", "worst", "output", "bits")
    heads = [f"{name}\n{title}" if len(names) > 1 else title for name in names for title in titles]
    share = None if progress is None else progress.done / max(progress.total, 1)
    return TensorsFrame(
        columns=("tensor", *heads, "bytes", "shape"),
        rows=tuple(_row(listed, name) for name in listed.shapes),
        schemes=names,
        versus=(Choice(NO_VERSUS, "beside nothing"), *(Choice(key, f"beside {key}") for key in _VERSUS)),
        versus_key=versus,
        progress=share,
        stage=progress.stage if progress is not None else told,
        chosen=chosen,
        can_measure=bool(listed.shapes),
    )


def short_name(name: str) -> str:
    """`2.down_proj` for a layer's tensor, its own name for others."""
    match = _LAYER.search(name)
    return f"{match[1]}.{match[2]}" if match else name.removeprefix("model.").removesuffix(".weight")


def _row(listed: Listed, name: str) -> TensorRow:
    shape, found, match = listed.shapes[name], listed.found.get(name), _LAYER.search(name)
    cells, sort = [short_name(name)], [_natural(name)]  # type: tuple[list[str], list[float | str]]
    values: list[float | None] = []
    for i in range(len(listed.roundings)):
        figures = _figures(listed, name, i)
        values.append(figures[0])
        cells += [_cell(figure, is_share=at == 2) for at, figure in enumerate(figures)]
        sort += [1e9 if figure is None else figure for figure in figures]
    stored = found.totals[0].stored_bytes if found is not None else None
    cells += ["" if stored is None else size_text(stored), "×".join(map(str, shape))]
    sort += [float(stored or 0), float(np.prod(shape))]
    kind = match[2] if match else "other"
    return TensorRow(name, tuple(cells), tuple(sort), kind, int(match[1]) if match else -1, tuple(values))


def _figures(listed: Listed, name: str, scheme: int) -> tuple[float | None, ...]:
    """Signal to noise and that of the worst block in dB, the output's relative error, bits."""
    found = listed.found.get(name)
    if found is None or scheme >= len(found.totals):
        return None, None, None, None
    totals, output = found.totals[scheme], listed.outputs.get(name, ())
    worst = totals.worst["field_sqnr_db"] if totals.worst else None
    finite = totals.sqnr_db if np.isfinite(totals.sqnr_db) else None
    return finite, worst, output[scheme] if scheme < len(output) else None, totals.bits_per_value


def _cell(figure: float | None, is_share: bool) -> str:
    if figure is None:
        return ""
    return f"{figure:.2%}" if is_share else f"{figure:.3g}"


def _natural(name: str) -> str:
    """Sorts layer 10 after layer 9."""
    return re.sub(r"\d+", lambda number: number[0].zfill(5), name)


@dataclass(frozen=True)
class Tried:
    """One remedy and what came of it; `on` tells that a remedy is in force."""

    key: str
    label: str
    outcome: Outcome
    tooltip: str = ""
    on: bool = False


def options_frame(tried: Sequence[Tried], captured: bool) -> OptionsFrame:
    errors = [_error_of(each.outcome) for each in tried]
    most, least = max(errors, default=1.0), min(errors, default=0.0)
    what = "of the layer's output, activations in 8 bits" if captured else "of the weights"
    return OptionsFrame(
        title=f"Relative error {what}" if tried else "What if",
        options=tuple(
            OptionFrame(
                key=each.key,
                label=each.label,
                text=f"{error:.2%} · {each.outcome.weight_bits:.3g} bits",
                share=error / most if most > 0 else 0.0,
                tooltip=each.tooltip,
                checked=each.on,
                best=error == least,
            )
            for each, error in zip(tried, errors, strict=True)
        ),
        note="" if captured or not tried else "Capture activations (Output) to see what reaches the output.",
    )


def _error_of(outcome: Outcome) -> float:
    return outcome.weight_error if outcome.output_error is None else outcome.output_error


def output_frame(
    error: OutputError | None,
    salient: npt.NDArray[np.float32] | None,
    spiking: npt.NDArray[np.int64],
    state: str,
    can_capture: bool,
) -> OptionsFrame:
    """The blocks that cause most of the output's error. `salient` is mean|x| · ‖w‖ of every channel."""
    action = "Capture activations" if can_capture else ""
    if error is None:
        return OptionsFrame("What reaches the layer's output", action=action, note=state)
    worst = error.worst_blocks(_SHOWN_BLOCKS)
    rows = np.argsort(-error.by_row, kind="stable")[:3]
    notes = ["Rows hit most: " + ", ".join(f"{r} ({error.by_row[r]:.1%})" for r in rows) + "."]
    if salient is not None:
        top = np.argsort(-salient, kind="stable")[:5]
        notes.append("Salient channels, by mean|x| · ‖w‖: " + ", ".join(str(int(c)) for c in top) + ".")
    if spiking.size:
        notes.append("Spiking channels: " + ", ".join(str(int(c)) for c in spiking[:8]) + ".")
    most = worst[0][2] if worst else 1.0
    return OptionsFrame(
        title=f"‖(Ŵ−W)X‖ / ‖WX‖ = {error.relative:.2%}; the blocks that cause most",
        options=tuple(
            OptionFrame(
                f"{row},{block}",
                f"row {row:,} · block {block:,}",
                f"{share:.2%}",
                share / most if most > 0 else 0.0,
                tooltip="Its part of the squared error of the output; click to look at it",
            )
            for row, block, share in worst
        ),
        action="Capture again" if can_capture else "",
        note=" ".join(notes),
    )
