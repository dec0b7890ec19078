"""How a kernel hands its rows on: as f32, as q8_1 codes, or both (codes for a matrix, f32 for a probe)."""

from __future__ import annotations

from typing import Any

from gpu.activations import Activations

VALUES, CODES, BOTH = "values", "codes", "both"


def emit_fragments(kind: str) -> tuple[str, ...]:
    """Files that give `emit`."""
    parts = {
        VALUES: ("lib/write_values",),
        CODES: ("lib/rounding", "lib/q8_1"),
        BOTH: ("lib/write_values", "lib/rounding", "lib/q8_1"),
    }[kind]
    return (*parts, f"lib/emit_{kind}")


def emit_constants(kind: str, q_max: int) -> dict[str, float]:
    """Override constants of `emit`: the largest code, where there are codes."""
    return {} if kind == VALUES else {"QMAX": q_max}


def emit_bindings(kind: str, out: Activations) -> dict[str, Any]:
    """Resources that `emit` writes."""
    values = {"out_values": out.values} if kind != CODES else {}
    codes = {"out_codes": out.codes, "out_scales": out.scales} if kind != VALUES else {}
    return {**values, **codes}
