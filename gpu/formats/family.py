"""Every number format by name, and quantizing an array to one."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt

from gpu.block_grid import BlockGrid, lay_out
from gpu.errors import SchemeError
from gpu.formats.blocks import F32, slabs
from gpu.formats.ggml_blocks import Q4_0, Q4_1, Q8_0, Q8_1
from gpu.formats.granularity import Granularity
from gpu.formats.integers import INTEGER_BITS, AffineInt, SymmetricInt
from gpu.formats.k_quants import Q4K_SEARCH, Q5K_SEARCH, Q6K, AffineK
from gpu.formats.mini_float import E2M1, E2M3, E3M2, E4M3, E5M2
from gpu.formats.normal_float import NF4
from gpu.formats.number_format import NumberFormat, Reach
from gpu.formats.scaled_floats import Microscaled, NvFp4, ScaledFloat
from gpu.formats.zero_points import ZeroPointGroups


def number_formats() -> tuple[NumberFormat, ...]:
    """All of them, families together and wide codes first."""
    widths = sorted(INTEGER_BITS, reverse=True)
    return (
        *(SymmetricInt(bits) for bits in widths),
        *(AffineInt(bits) for bits in widths),
        *(Q8_0(), Q8_1(), Q6K(), AffineK(5, Q5K_SEARCH), AffineK(4, Q4K_SEARCH), Q4_1(), Q4_0()),
        *(ZeroPointGroups("awq"), ZeroPointGroups("gptq"), NF4()),
        *(ScaledFloat("fp8-e4m3", E4M3), ScaledFloat("fp8-e5m2", E5M2)),
        *(Microscaled("mxfp8-e4m3", E4M3, 8), Microscaled("mxfp8-e5m2", E5M2, 8)),
        *(Microscaled("mxfp6-e2m3", E2M3, 6), Microscaled("mxfp6-e3m2", E3M2, 6)),
        *(Microscaled("mxfp4", E2M1, 4), NvFp4()),
    )


def find_format(name: str) -> NumberFormat:
    """A format by its name, in either case.

    Raises:
        SchemeError: no such format.
    """
    by_name = {number_format.spec.name: number_format for number_format in number_formats()}
    found = by_name.get(name.lower())
    if found is None:
        close = get_close_matches(name.lower(), by_name, n=1)
        hint = f"the closest is {close[0]}" if close else f"choose one of {', '.join(by_name)}"
        raise SchemeError(f"'{name}' is no format whose damage can be measured; {hint}.")
    return found


def choose_granularity(number_format: NumberFormat, name: str | None) -> Granularity:
    """The granularity called `name`, or the format's own for None.

    Raises:
        SchemeError: no granularity, or not one this format can have.
    """
    spec = number_format.spec
    if name is None:
        return spec.granularity
    wanted = Granularity.parse(name)
    if spec.fixed and wanted != spec.granularity:
        raise SchemeError(f"{spec.label} always scales {spec.granularity}, not {wanted}.")
    return wanted


@dataclass(frozen=True, eq=False)
class Quantized:
    """An array after quantization: `codes` int16 of its shape, `scales` and `zeros` [rows, blocks].

    `zeros` are the values of code 0, and None where that is 0. Values that were not finite are code 0.
    """

    codes: npt.NDArray[np.int16]
    scales: F32
    zeros: F32 | None
    restored: F32

    def dequantize(self) -> F32:
        """What the codes stand for, of the array's shape."""
        return self.restored


def quantize(values: npt.ArrayLike, number_format: NumberFormat, granularity: str | None = None) -> Quantized:
    """Quantize an array [rows, channels] or [channels].

    Raises:
        SchemeError: a granularity this format cannot have.
        RequestError: an array that is empty, holds no real numbers or has more than two axes.
    """
    grid = lay_out(values, choose_granularity(number_format, granularity), number_format.spec.unit)
    parts = [number_format.encode(blocks, reach) for blocks, reach in encodable_slabs(grid, number_format)]
    codes, restored = (
        grid.as_given(np.concatenate([getattr(part, name) for part in parts]))
        for name in ("codes", "restored")
    )
    zeros = [part.zero for part in parts if part.zero is not None]
    return Quantized(
        codes=codes.astype(np.int16),
        scales=np.concatenate([part.scale for part in parts]).reshape(grid.shape),
        zeros=np.concatenate(zeros).reshape(grid.shape) if zeros else None,
        restored=restored,
    )


def encodable_slabs(grid: BlockGrid, number_format: NumberFormat) -> list[tuple[F32, Reach]]:
    """The grid in cache-sized pieces [n, block] that the format can encode one by one."""
    values, block = grid.values.reshape(-1), grid.block
    parts = slabs(values.size, max(number_format.spec.unit, block))
    return [
        (values[part].reshape(-1, block), grid.reach.part(slice(part.start // block, part.stop // block)))
        for part in parts
    ]
