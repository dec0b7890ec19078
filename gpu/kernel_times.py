"""How long each kernel of a decoded token takes on the device, by timestamps before and after every dispatch.

Each dispatch gets a pass of its own, so the sum is longer than a token whose dispatches follow each other in
one pass; the shares are what counts. Bytes and operations are those of the weights a kernel is bound to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import wgpu

from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.kit import Op
from gpu.ledger import Entry
from gpu.model import Model

FEATURE = "timestamp-query"
_ROUNDS = 5
_STAMP_BYTES = 8
_MOST_STAMPS = 4096  # that WebGPU allows in a set
_LOOKUP = "embed"  # reads a row of the matrix it is bound to


@dataclass(frozen=True)
class KernelTime:
    """All dispatches of a token that run one kernel on one kind of matrix (or none: "")."""

    kernel: str
    matrix: str
    calls: int
    ms: float
    read_bytes: int
    operations: int

    @property
    def bytes_per_s(self) -> float:
        return self.read_bytes / self.ms * 1e3

    @property
    def operations_per_s(self) -> float:
        return self.operations / self.ms * 1e3


def kernel_times(model: Model) -> list[KernelTime]:
    """The token after the cache, longest first; each dispatch at its fastest of a few rounds.

    Raises:
        RequestError: this adapter has no timestamps, or the cache is full.
    """
    gpu, ops = model.gpu, model.token_ops()
    if not gpu.has(FEATURE):
        raise RequestError(f"{gpu.adapter.name} cannot time single kernels: it has no timestamp queries.")
    for _ in model.feed((0,)):
        model.last_logits()
    model.rewind(len(model.cached_ids) - 1)
    nanoseconds = np.min([_round(gpu, ops) for _ in range(_ROUNDS)], axis=0)
    return _by_kernel(ops, nanoseconds, gpu, model.scheme.weight_bits)


def _round(gpu: Gpu, ops: Sequence[Op]) -> npt.NDArray[np.float64]:
    """Nanoseconds of every dispatch."""
    step = _MOST_STAMPS // 2
    return np.concatenate([_timed(gpu, ops[at : at + step]) for at in range(0, len(ops), step)])


def _timed(gpu: Gpu, ops: Sequence[Op]) -> npt.NDArray[np.float64]:
    count = 2 * len(ops)
    usage = wgpu.BufferUsage.QUERY_RESOLVE | wgpu.BufferUsage.COPY_SRC
    with gpu.guarded():
        stamps = gpu.device.create_query_set(type="timestamp", count=count)
        resolved = gpu.device.create_buffer(size=count * _STAMP_BYTES, usage=usage)
        encoder = gpu.device.create_command_encoder()
        for i, op in enumerate(ops):
            writes = {
                "query_set": stamps,
                "beginning_of_pass_write_index": 2 * i,
                "end_of_pass_write_index": 2 * i + 1,
            }
            compute_pass = encoder.begin_compute_pass(timestamp_writes=writes)
            op.record(compute_pass, 1)
            compute_pass.end()
        encoder.resolve_query_set(stamps, 0, count, resolved, 0)
        commands = encoder.finish()
    gpu.submit(commands)
    found = np.frombuffer(gpu.read(resolved, count * _STAMP_BYTES), np.uint64).reshape(-1, 2)
    resolved.destroy()
    return (found[:, 1] - found[:, 0]).astype(np.float64)


def _by_kernel(
    ops: Sequence[Op], nanoseconds: npt.NDArray[np.float64], gpu: Gpu, weight_bits: int
) -> list[KernelTime]:
    held = {id(entry.resource): entry for entry in gpu.ledger.entries()}
    groups: dict[tuple[str, str], list[KernelTime]] = defaultdict(list)
    for op, spent in zip(ops, nanoseconds, strict=True):
        kernel = op.dispatch.pipeline.name
        bound = [held[id(resource)] for resource in op.dispatch.resources if id(resource) in held]
        weights = [entry for entry in bound if "weights" in entry.bytes_by_purpose]
        matrix = weights[0].name.rpartition(".")[2] if weights and kernel != _LOOKUP else ""
        read_bytes, code_bytes = (0, 0) if kernel == _LOOKUP else _sizes(bound)
        one = KernelTime(kernel, matrix, 1, spent / 1e6, read_bytes, 2 * code_bytes * 8 // weight_bits)
        groups[kernel, matrix].append(one)
    found = [_together(parts) for parts in groups.values()]
    return sorted(found, key=lambda each: -each.ms)


def _together(parts: Sequence[KernelTime]) -> KernelTime:
    return KernelTime(
        parts[0].kernel,
        parts[0].matrix,
        calls=sum(part.calls for part in parts),
        ms=sum(part.ms for part in parts),
        read_bytes=sum(part.read_bytes for part in parts),
        operations=sum(part.operations for part in parts),
    )


def _sizes(bound: Sequence[Entry]) -> tuple[int, int]:
    """Bytes of weights with their scales, and without."""
    sums = {
        name: sum(entry.bytes_by_purpose.get(name, 0) for entry in bound) for name in ("weights", "scales")
    }
    return sums["weights"] + sums["scales"], sums["weights"]
