"""How fast this adapter really reads memory and multiplies integers: two kernels, a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu.device import Gpu
from gpu.errors import Cancelled
from gpu.kernels.integer_rate import OPERATIONS, integer_rate
from gpu.kernels.read_rate import VECTOR_BYTES, read_rate
from gpu.kit import Kit, Op
from gpu.roofline import Rates

BUFFER_BYTES = 2**28  # more than any cache holds
_READ_GROUPS = 4096
_PRODUCT_GROUPS = 2048
# A software adapter is slow to start its small workgroups; a driver of hardware kills long dispatches.
_ITERATIONS = {"pairs": 2048, "dot4": 64}
_ROUNDS = 5
_ROUND_S = 0.2
_MOST_REPEATS = 1000

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]
Clock = Callable[[], float]


@dataclass(frozen=True)
class _Job:
    """`amount` is what one dispatch of `op` reads or computes; `out` is waited for."""

    op: Op
    out: Any
    amount: int


def measure_rates(
    gpu: Gpu,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancel = lambda: False,
    clock: Clock = time.perf_counter,
) -> Rates:
    """The best of five rounds of a fifth of a second each, after one that warms up.

    It allocates 256 MiB (less where the adapter binds less) beside what the device holds, and frees them.

    Raises:
        Cancelled: `cancel` said so between two rounds.
    """
    held = {id(entry.resource) for entry in gpu.ledger.entries()}
    try:
        with gpu.guarded():
            return _measure(gpu, progress, cancel, clock)
    finally:
        for entry in gpu.ledger.entries():
            if id(entry.resource) not in held:
                gpu.ledger.release(entry.resource)


def _measure(gpu: Gpu, progress: Progress, cancel: Cancel, clock: Clock) -> Rates:
    kit, found = Kit(gpu), []
    jobs = (_reading(kit), _computing(kit))
    for number, job in enumerate(jobs):

        def report(done: int, first: int = number * _ROUNDS) -> None:
            progress(first + done, len(jobs) * _ROUNDS)

        found.append(_rate(gpu, job, report, cancel, clock))
    return Rates(found[0], found[1], source=f"measured on {gpu.adapter.name}", is_measured=True)


def _reading(kit: Kit) -> _Job:
    """From where this adapter's weights lie: software adapters keep them in textures."""
    gpu, size = kit.gpu, BUFFER_BYTES
    out = gpu.ledger.buffer("bandwidth result", "workspace", _READ_GROUPS * 4)
    if gpu.is_software and gpu.has("texture"):
        vectors = size // VECTOR_BYTES // _READ_GROUPS
        x = gpu.ledger.texture("bandwidth", {"workspace": size}, vectors, _READ_GROUPS)
        return _Job(read_rate(kit, x, out, _READ_GROUPS, vectors, "texture"), out, size)
    vectors = min(size, gpu.max_binding_bytes) // VECTOR_BYTES // _READ_GROUPS
    size = vectors * VECTOR_BYTES * _READ_GROUPS
    x = gpu.ledger.buffer("bandwidth", "workspace", size)
    return _Job(read_rate(kit, x, out, _READ_GROUPS, vectors), out, size)


def _computing(kit: Kit) -> _Job:
    """By the products that this adapter's kernels take."""
    product = "pairs" if kit.gpu.is_software else "dot4"
    invocations = _PRODUCT_GROUPS * kit.threads
    out = kit.gpu.ledger.buffer("throughput result", "workspace", invocations * 4)
    iterations = _ITERATIONS[product]
    op = integer_rate(kit, out, _PRODUCT_GROUPS, iterations, product)
    return _Job(op, out, invocations * iterations * OPERATIONS[product])


def _rate(gpu: Gpu, job: _Job, progress: Callable[[int], None], cancel: Cancel, clock: Clock) -> float:
    """Amount a second: the best round, for what else the machine does only ever takes away."""
    _run(gpu, job, 1, clock)  # compiles, and touches every page
    repeats = max(1, min(_MOST_REPEATS, int(_ROUND_S / max(_run(gpu, job, 1, clock), 1e-6))))
    best = 0.0
    for done in range(_ROUNDS):
        if cancel():
            raise Cancelled
        best = max(best, repeats * job.amount / _run(gpu, job, repeats, clock))
        progress(done + 1)
    return best


def _run(gpu: Gpu, job: _Job, repeats: int, clock: Clock) -> float:
    """Seconds of so many dispatches, to the end of the last."""
    encoder = gpu.device.create_command_encoder()
    compute_pass = encoder.begin_compute_pass()
    for _ in range(repeats):
        job.op.record(compute_pass, 1)
    compute_pass.end()
    commands = encoder.finish()
    began = clock()
    gpu.submit(commands)
    gpu.read(job.out, 4)  # waits: a read back comes after all work before it
    return clock() - began
