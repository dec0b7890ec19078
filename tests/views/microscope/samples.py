"""Made-up frames for the microscope's parts."""

from __future__ import annotations

import numpy as np

from views.frames.choice import Choice
from views.frames.microscope import MapFrame, RulerFrame, TensorRow, TensorsFrame


def damage(rows: int = 40, blocks: int = 30) -> np.ndarray:
    """Signal to noise of blocks, the one at row 7, block 3 the worst."""
    values = np.random.default_rng(0).uniform(15, 25, (rows, blocks)).astype(np.float32)
    values[7, 3] = 2
    return values


def map_frame(values: np.ndarray | None = None, **changes: object) -> MapFrame:
    values = damage() if values is None else values
    return MapFrame(values, "min", 2, 25, unit="dB", **changes)  # type: ignore[arg-type]


def ruler() -> RulerFrame:
    """Eight levels to both sides, an outlier at index 2, T* at 2."""
    values = np.array([0.2, -1.5, 8.0, 0.9, -0.4], np.float32)
    grid = np.arange(-7, 8, dtype=np.float32) * np.float32(8 / 7)
    restored = grid[np.abs(grid[None] - values[:, None]).argmin(axis=1)]
    return RulerFrame("row 1 · block 2", values, restored, grid, 8.0, 8.0, 2.0, 2, "step 1.14")


def tensors(progress: float | None = None, chosen: str = "") -> TensorsFrame:
    rows = tuple(
        TensorRow(
            key=f"layers.{layer}.{kind}",
            cells=(f"{layer}.{kind}", f"{20 + layer}", "256×64"),
            sort=(f"{layer:05}.{kind}", float(20 + layer), 16384.0),
            kind=kind,
            layer=layer,
            values=(20.0 + layer + i, None),
        )
        for layer in range(12)
        for i, kind in enumerate(("q_proj", "down_proj"))
    )
    return TensorsFrame(
        columns=("tensor", "dB", "shape"),
        rows=rows,
        schemes=("int4@b32",),
        versus=(Choice("none", "beside nothing"), Choice("q4_k", "beside q4_k")),
        versus_key="none",
        progress=progress,
        stage="" if progress is None else "layers.1",
        chosen=chosen,
        can_measure=True,
    )
