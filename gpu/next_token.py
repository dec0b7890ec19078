"""The commands of a token's pass, recorded while the one before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gpu.device import Gpu
from gpu.kit import Op, record
from gpu.qwen3.linear import Variant


class TokenOps(Protocol):
    def __call__(self, variant: Variant, *, chooses: bool) -> Sequence[Op]: ...


class NextToken:
    """One command buffer of each kind of pass waits to be submitted; it is good for one submit."""

    def __init__(self, gpu: Gpu, token_ops: TokenOps) -> None:
        self._gpu, self._token_ops = gpu, token_ops
        self._recorded: dict[tuple[Variant, bool], Any] = {}

    def run(self, variant: Variant, following: Variant, *, chooses: bool) -> None:
        """Submit a pass, and record the `following` one as the device works."""
        commands = self._recorded.pop((variant, chooses), None) or self._record(variant, chooses)
        self._gpu.submit(commands)
        if (following, chooses) not in self._recorded:
            self._recorded[following, chooses] = self._record(following, chooses)

    def forget(self) -> None:
        """Of passes that are made of other operations from now on."""
        self._recorded.clear()

    def _record(self, variant: Variant, chooses: bool) -> Any:
        return record(self._gpu, self._token_ops(variant, chooses=chooses), 1)
