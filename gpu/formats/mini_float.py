"""Floats of 4, 6 and 8 bits: round to nearest, ties to even, saturating; no infinities come out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpu.formats.blocks import F32

_F32_BIAS, _F32_MANTISSA = 127, 23


@dataclass(frozen=True)
class MiniFloat:
    """A sign, `exponent_bits` and `mantissa_bits`; `largest` is the greatest finite magnitude.

    Codes are sign · (bits of exponent and mantissa), which rise with the magnitude.
    """

    exponent_bits: int
    mantissa_bits: int
    largest: float

    @property
    def bias(self) -> int:
        return (1 << (self.exponent_bits - 1)) - 1

    @property
    def largest_exponent(self) -> int:
        """floor(log2(largest)), the e_max of the OCP microscaling formats."""
        return int(np.frexp(self.largest)[1]) - 1

    @property
    def largest_code(self) -> int:
        return int(self._codes(np.array([self.largest], np.float32))[0][0])

    def round(self, values: F32) -> tuple[F32, F32]:
        """Codes and the values they stand for, each of the shape of `values`."""
        magnitudes = np.minimum(np.abs(values), np.float32(self.largest))
        codes, rounded = self._codes(magnitudes)
        return np.copysign(codes, values), np.copysign(rounded, values)

    def _codes(self, magnitudes: F32) -> tuple[F32, F32]:
        exponent = (magnitudes.view(np.int32) >> _F32_MANTISSA) - _F32_BIAS
        np.maximum(exponent, 1 - self.bias, out=exponent)  # below it numbers are denormal: one step for all
        step_exponent = exponent - self.mantissa_bits
        steps = np.rint(magnitudes * _power_of_two(-step_exponent))
        codes = steps + ((exponent + self.bias - 1) << self.mantissa_bits).astype(np.float32)
        return codes, steps * _power_of_two(step_exponent)


def _power_of_two(exponents: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> F32:
    return ((exponents + _F32_BIAS) << _F32_MANTISSA).astype(np.int32).view(np.float32)


E2M1 = MiniFloat(2, 1, 6.0)
E2M3 = MiniFloat(2, 3, 7.5)
E3M2 = MiniFloat(3, 2, 28.0)
E4M3 = MiniFloat(4, 3, 448.0)
E5M2 = MiniFloat(5, 2, 57344.0)
