"""How long a frame of the largest map takes: `python -m tests.views.heatmap_frames`.

64 layers × 25,600 channels, zoomed and panned over 240 frames at 1200 × 640, drawn into an image as a
window is. Processor time stands beside the time that passed, in which others may have had the processor.
"""

from __future__ import annotations

import os
import time

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from views.frames.outliers import HeatFrame
from views.outliers.heatmap import HeatMap
from views.theme import Theme


def frame_ms(chart: HeatMap) -> tuple[float, float]:
    """The time that passed, and the processor's."""
    started, worked = time.perf_counter(), time.thread_time()
    chart.grab()
    return (time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    chart = HeatMap(Theme(app, Qt.ColorScheme.Light), "Map", "Map")
    chart.resize(1200, 640)
    codes = np.random.default_rng(0).integers(0, 200, (64, 25_600), dtype=np.uint8)
    names = tuple(str(i) for i in range(64))
    chart.set_frame(HeatFrame("map", codes, names, np.arange(25_600, dtype=np.int32)))
    chart.show()
    first_ms, _ = frame_ms(chart)
    times = []
    for frame in range(240):
        chart.zoom(0.96 if frame % 120 < 60 else 1 / 0.96, at=(frame % 50) / 50)
        times.append(frame_ms(chart))
    print(f"first frame, for which fonts and colours are loaded: {first_ms:.1f} ms")
    for name, ms in zip(("passed", "processor"), np.sort(np.array(times), axis=0).T, strict=True):
        print(
            f"{ms.size} frames, {name}: median {np.median(ms):.1f} ms, "
            f"95 % {ms[int(0.95 * ms.size)]:.1f} ms, worst {ms[-1]:.1f} ms"
        )


if __name__ == "__main__":
    main()
