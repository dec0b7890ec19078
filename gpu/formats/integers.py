"""Symmetric integer formats by name: `int8` is the codes -127 … 127, `int4` is -7 … 7."""

from __future__ import annotations

from gpu.errors import SchemeError

INTEGER_BITS = (2, 3, 4, 5, 6, 8)


def format_name(bits: int) -> str:
    return f"int{bits}"


def parse_format(name: str) -> int:
    """Bits of a format called `int<bits>`.

    Raises:
        SchemeError: no such format.
    """
    names = {format_name(bits): bits for bits in INTEGER_BITS}
    if name not in names:
        raise SchemeError(
            f"'{name}' is no format whose damage can be measured; choose one of {', '.join(names)}."
        )
    return names[name]


def largest_code(bits: int) -> int:
    """q_max of a symmetric integer format: 2^(bits - 1) - 1.

    Raises:
        SchemeError: not a width codes come in.
    """
    if bits not in INTEGER_BITS:
        raise SchemeError(f"Codes have {', '.join(map(str, INTEGER_BITS))} bits, not {bits}.")
    return (1 << (bits - 1)) - 1
