"""What kernels are built with: compiled pipelines, the variants this adapter gets, one step's uniform."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu.device import Gpu
from gpu.pipelines import Dispatch, Pipelines

Grid = Callable[[int], tuple[int, int]]


def tiles(groups: int, tokens_at_once: int = 1) -> Grid:
    """`groups` workgroups for every `tokens_at_once` tokens of a pass."""
    return lambda tokens: (groups, -(-tokens // tokens_at_once))


@dataclass(frozen=True)
class Op:
    """A dispatch whose grid depends on the number of tokens of the pass."""

    dispatch: Dispatch
    grid: Grid

    def record(self, compute_pass: Any, tokens: int) -> None:
        self.dispatch.record(compute_pass, *self.grid(tokens))


class Kit:
    """Pipelines of one device together with the choice of fragments for it."""

    def __init__(self, gpu: Gpu, step: Any = None) -> None:
        self.gpu = gpu
        self.pipelines = Pipelines(gpu)
        self.step = step if step is not None else gpu.ledger.uniform("step", pack_step(1, 0))
        # Software adapters run a workgroup's threads eight to a vector, one after the other.
        self.threads = 8 if gpu.is_software else 64
        self.teams = 1 if gpu.is_software else 4
        self.lanes = "lib/lanes_subgroup" if gpu.has("subgroup") else "lib/lanes_workgroup"
        self.dot4 = "lib/dot4_packed" if gpu.has("dot4") else "lib/dot4_scalar"

    def with_step(self, step: Any) -> Kit:
        """The same kernels bound to another step uniform."""
        other = Kit.__new__(Kit)
        other.__dict__.update(self.__dict__, step=step)
        return other

    def uniform(self, name: str, form: str, *fields: float) -> Any:
        """A constant uniform buffer packed little-endian by a `struct` format."""
        return self.gpu.ledger.uniform(name, struct.pack(f"<{form}", *fields))


def pack_step(tokens: int, position: int, first: int = 0) -> bytes:
    """The Step uniform of lib/step.wgsl."""
    return struct.pack("<4I", tokens, position, first, 0)
