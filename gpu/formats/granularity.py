"""How far one scale reaches: blocks of N along the last axis (`b<N>`), a row, a column or everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpu.errors import SchemeError

Kind = Literal["block", "token", "channel", "tensor"]
_WHOLE: dict[str, Kind] = {"token": "token", "channel": "channel", "tensor": "tensor"}
WORD_BLOCK = 32  # the block the kernels work in
MAX_LENGTH = 1 << 20


@dataclass(frozen=True)
class Granularity:
    """`length` is the N of `b<N>` and 0 for the other kinds."""

    kind: Kind
    length: int = 0

    @classmethod
    def parse(cls, name: str) -> Granularity:
        """Read `b32`, `token`, `channel` or `tensor`.

        Raises:
            SchemeError: none of these, or a block of no sensible length.
        """
        if name in _WHOLE:
            return cls(_WHOLE[name])
        digits = name[1:] if name.startswith("b") else ""
        if not digits.isascii() or not digits.isdecimal() or not 1 <= int(digits[:9]) <= MAX_LENGTH:
            raise SchemeError(
                f"'{name}' is no granularity; write token, channel, tensor or b<N>, such as b32."
            )
        return cls("block", int(digits))

    @classmethod
    def of_activations(cls, name: str) -> Granularity:
        """Read a granularity for the engine's activations: its scales end where blocks of 32 do.

        Raises:
            SchemeError: not a granularity, or one that does not fit.
        """
        found = cls.parse(name)
        fits = found.length >= 4 and (WORD_BLOCK % found.length == 0 or found.length % WORD_BLOCK == 0)
        if found.kind == "channel" or (found.kind == "block" and not fits):
            raise SchemeError(
                f"'{name}' is no granularity of activations; write token, tensor or b<N>, N being 4, 8, 16 "
                "or a multiple of 32."
            )
        return found

    def __str__(self) -> str:
        return f"b{self.length}" if self.kind == "block" else self.kind
