"""The commands of a token's pass, recorded while the one before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gpu.device import Gpu
from gpu.kit import Op, record


class TokenOps(Protocol):
    def __call__(self, *, probed: bool, chooses: bool, split: bool) -> Sequence[Op]: ...


class NextToken:
    """One command buffer of each kind of pass waits to be submitted; it is good for one submit."""

    def __init__(self, gpu: Gpu, token_ops: TokenOps) -> None:
        self._gpu, self._token_ops = gpu, token_ops
        self._recorded: dict[tuple[bool, bool, bool], Any] = {}

    def run(self, *, probed: bool, chooses: bool, split: bool) -> None:
        """Submit a pass, and record the next one as the device works."""
        kind = probed, chooses, split
        commands = self._recorded.pop(kind, None) or self._record(*kind)
        self._gpu.submit(commands)
        self._recorded[kind] = self._record(*kind)

    def forget(self) -> None:
        """Of passes that are made of other operations from now on."""
        self._recorded.clear()

    def _record(self, probed: bool, chooses: bool, split: bool) -> Any:
        return record(self._gpu, self._token_ops(probed=probed, chooses=chooses, split=split), 1)
