"""What kernels are built with: compiled pipelines, the variants this adapter gets, one step's uniform."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from gpu.device import Gpu
from gpu.kernels.lane_check import lane_exchange, reference
from gpu.pipelines import BufferSlice, Dispatch, Pipelines

PARAMETERS_BYTES = 1 << 16
TEAM_LANES = 8
MOST_ROUNDS = 60_000  # of all loops of an invocation: Mesa ends them after 65,535, whatever is left to do
LANES_SUBGROUP = "lib/lanes_subgroup"
_UNIFORM_ALIGNMENT = 256  # of bound offsets, the most any adapter asks for

Grid = Callable[[int], tuple[int, int]]


def tiles(groups: int, tokens_at_once: int = 1) -> Grid:
    """`groups` workgroups for every `tokens_at_once` tokens of a pass."""
    return lambda tokens: (groups, -(-tokens // tokens_at_once))


@dataclass(frozen=True)
class Op:
    """A dispatch whose grid depends on the number of tokens of the pass."""

    dispatch: Dispatch
    grid: Grid

    @property
    def is_compiled(self) -> bool:
        return self.dispatch.pipeline.is_compiled

    def record(self, compute_pass: Any, tokens: int) -> None:
        self.dispatch.record(compute_pass, *self.grid(tokens))


def record(gpu: Gpu, ops: Sequence[Op], tokens: int) -> Any:
    """A command buffer of a pass of so many tokens, good for one submit."""
    with gpu.guarded():
        encoder = gpu.device.create_command_encoder()
        compute_pass = encoder.begin_compute_pass()
        for op in ops:
            op.record(compute_pass, tokens)
        compute_pass.end()
        return encoder.finish()


class Parameters:
    """One buffer of small constants. Kits that are copies of each other share it."""

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu
        self._buffer = gpu.ledger.uniforms("parameters", PARAMETERS_BYTES)
        self._placed: dict[bytes, BufferSlice] = {}
        self._used = 0

    def constant(self, data: bytes) -> BufferSlice:
        """Equal data lies there once."""
        if data not in self._placed:
            self._placed[data] = self.place(data)
        return self._placed[data]

    def release(self) -> None:
        self._gpu.ledger.release(self._buffer)

    def place(self, data: bytes) -> BufferSlice:
        if self._used + len(data) > PARAMETERS_BYTES:
            raise RuntimeError("more constants than the parameter buffer holds")
        place = BufferSlice(self._buffer, self._used, len(data))
        self._used += -(-len(data) // _UNIFORM_ALIGNMENT) * _UNIFORM_ALIGNMENT
        self._gpu.write(place.buffer, data, place.offset_bytes)
        return place


class Kit:
    """Pipelines of one device, the choice of fragments for it, and its small constants.

    Constants are packed into one buffer, equal ones once, so that a model's layers share them.
    """

    def __init__(self, gpu: Gpu) -> None:
        self.gpu = gpu
        self.pipelines = Pipelines(gpu)
        variants = gpu.variants
        self.threads, self.teams = variants.threads, variants.teams
        self.tile, self.parts, self.rows = variants.tile, variants.parts, variants.rows
        self.processors = os.cpu_count() or 1  # that a software adapter runs on
        self.lanes = LANES_SUBGROUP if self._subgroups_hold_teams() else "lib/lanes_workgroup"
        self.dot4 = "lib/dot4_packed" if gpu.has("dot4") else "lib/dot4_scalar"
        self._parameters = Parameters(gpu)
        self.step = self.new_step()

    def _subgroups_hold_teams(self) -> bool:
        threads = TEAM_LANES * self.teams
        if not self.gpu.has("subgroup"):
            return False
        return bool((lane_exchange(self.pipelines, LANES_SUBGROUP, threads) == reference(threads)).all())

    def new_step(self) -> BufferSlice:
        """Room for a Step uniform, to be written before every pass."""
        return self.place(pack_step(1, 0))

    def place(self, data: bytes) -> BufferSlice:
        """Room for a uniform that changes, holding `data` so far."""
        return self._parameters.place(data)

    def with_step(self, step: BufferSlice) -> Kit:
        """The same kernels reading another step."""
        other = copy(self)
        other.step = step
        return other

    def release(self) -> None:
        """Free the constants: for a kit that ends before its device does. Copies of it end with it."""
        self._parameters.release()

    def uniform(self, form: str, *fields: float) -> BufferSlice:
        """A constant struct, packed little-endian by a `struct` format."""
        return self._parameters.constant(struct.pack(f"<{form}", *fields))

    def write_step(self, step: BufferSlice, tokens: int, position: int, first: int = 0) -> None:
        self.gpu.write(step.buffer, pack_step(tokens, position, first), step.offset_bytes)


def pack_step(tokens: int, position: int, first: int = 0) -> bytes:
    """The Step uniform of lib/step.wgsl."""
    return struct.pack("<4I", tokens, position, first, 0)
