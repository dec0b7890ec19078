"""How long every tensor of a 0.6B model takes, on the device and in numpy: run it with `-m`."""

from __future__ import annotations

import sys
from time import perf_counter

from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.device import open_gpu
from gpu.device_damage import SweepDevice
from gpu.qwen3.released import released_config
from gpu.sweep import Measure, Rounding, measure_in_numpy, sweep


def seconds(measure: Measure, rounding: Rounding) -> float:
    checkpoint = SyntheticCheckpoint(released_config("qwen3-0.6b"))
    started = perf_counter()
    for _ in sweep(checkpoint, [rounding], measure):
        pass
    return perf_counter() - started


def main(names: list[str]) -> None:
    gpu = open_gpu()
    for name in names or ["int4@b32", "q4_0", "q8_0"]:
        rounding = Rounding.parse(name)
        device = SweepDevice(gpu, always=True)
        there, here = seconds(device.measure, rounding), seconds(measure_in_numpy, rounding)
        device.close()
        print(f"{rounding}: {there:.1f} s on {gpu.adapter.name} ({device.share:.0%}), {here:.1f} s in numpy")
    gpu.close()


if __name__ == "__main__":
    main(sys.argv[1:])
