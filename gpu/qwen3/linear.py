"""The linear layers of a decoder, each with what the activations it reads need before.

Some are normalised, under a scheme that rounds activations they become codes, and an experiment may change
them. Where it can, the kernel that multiplies does that on loading; otherwise other kernels go before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gpu.activations import Activations
from gpu.formats.q8_1 import Q_MAX
from gpu.kernels.emit import BOTH, CODES, VALUES
from gpu.kernels.matmul import product
from gpu.kernels.matmul_pairs import matmul_pairs
from gpu.kernels.matrix import COLUMNS, GatedSums, Norm, Sums
from gpu.kernels.quantize import quantize
from gpu.kernels.rms_norm import rms_norm
from gpu.kernels.rope_cache import HeadSums
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix
from gpu.scheme import DEFAULT_GRANULARITY, Scheme


@dataclass(frozen=True)
class Variant:
    """Which kernels a pass takes: how many `columns` of activations share weights; whether it is probed.

    A pass that `ends_in_cache` leaves no hidden state: its last layer only makes keys and values. The context
    of one token may be `split` among workgroups in attention, where there is room for what each finds, and
    what is probed of it may wait in a row of a ring (gpu/probes/channels.py).
    """

    columns: int
    probed: bool
    ends_in_cache: bool = False
    split: bool = False
    ring_row: int | None = None


class Edits(Protocol):
    """What an experiment does to a site's activations and to the product of the matrix that reads them."""

    def before(self, kit: Kit, site: str, x: Activations) -> list[Op]: ...
    def after(self, kit: Kit, site: str, y: Any, y_stride: int) -> list[Op]: ...


@dataclass(frozen=True)
class Linear:
    """How matrices multiply under a scheme: `hidden` [T, H] is the residual stream, `epsilon` that of its
    norms, and `row_absmax` f32 [T] scratch."""

    kit: Kit
    scheme: Scheme
    hidden: Activations
    epsilon: float
    row_absmax: Any
    edits: Edits | None = None

    def of_norm(
        self,
        gain: Any,
        matrix: DeviceMatrix,
        into: Activations,
        to: Sums | GatedSums | HeadSums,
        variant: Variant,
        site: str,
        raw: Activations | None = None,
    ) -> list[Op]:
        """to = norm(hidden) · Wᵀ; `into` holds what is normalised, where that is not done on loading, and
        `raw` what it was before."""
        if self.loads_norm(matrix, variant):
            norm = Norm(gain, self.epsilon, into if variant.probed else None, raw)
            return self._product(matrix, self.hidden, to, variant.columns, self.q_max, norm)
        return [
            *self.norm(gain, into, variant.probed, site, raw),
            *self._product(matrix, into, to, variant.columns),
        ]

    def onto_hidden(
        self, matrix: DeviceMatrix, x: Activations, columns: int, site: str, coded: bool = False
    ) -> list[Op]:
        """hidden += x · Wᵀ; unless x is `coded`, its values are quantized here, on loading if they can be."""
        to = Sums(self.hidden.values, self.hidden.stride, accumulate=True)
        if coded:
            return self._product(matrix, x, to, columns)
        if self._loads_values(matrix, columns):
            return self._product(matrix, x, to, columns, self.q_max)
        product, after = self._product(matrix, x, to, columns), self.after(site, to.y, to.stride)
        return [*self.before(site, x), *self.quantize(x), *product, *after]

    def norm(
        self, gain: Any, out: Activations, probed: bool, site: str, raw: Activations | None = None
    ) -> list[Op]:
        """The norm of the hidden state, as codes where there are any; as values, too, for a probe."""
        kind = self.kind(probed)
        norm = rms_norm(self.kit, self.hidden, gain, self.epsilon, out, kind, self.q_max, raw)
        return [norm, *self.before(site, out), *(self.quantize(out) if kind == VALUES else [])]

    def quantize(self, x: Activations) -> list[Op]:
        if not self.integer:
            return []
        return quantize(self.kit, x, self.row_absmax, self.scheme.activation_bits, self.scheme.granularity)

    def before(self, site: str, x: Activations) -> list[Op]:
        return [] if self.edits is None else self.edits.before(self.kit, site, x)

    def after(self, site: str, y: Any, y_stride: int) -> list[Op]:
        return [] if self.edits is None else self.edits.after(self.kit, site, y, y_stride)

    def kind(self, probed: bool) -> str:
        """What a kernel hands on to a matrix (gpu/kernels/emit.py)."""
        if not self._fused:
            return VALUES
        return BOTH if probed else CODES

    @property
    def integer(self) -> bool:
        """Whether matrices multiply codes with codes."""
        return self.scheme.activation_bits < 16

    @property
    def q_max(self) -> int:
        return Q_MAX.get(self.scheme.activation_bits, 0)

    def loads_norm(self, matrix: DeviceMatrix, variant: Variant) -> bool:
        """Whether a matrix normalises what it reads, which pays where it serves one token."""
        return variant.columns == 1 and self._loads_values(matrix, variant.columns)

    def makes_heads(self, matrix: DeviceMatrix, variant: Variant) -> bool:
        """Whether it makes queries, keys and values of its own sums."""
        return matrix.pairs is not None and self.loads_norm(matrix, variant)

    def gates(self, matrix: DeviceMatrix, columns: int) -> bool:
        """Whether it makes silu(gate) · up of its own sums, as what reads that may quantize it."""
        return self.edits is None and (matrix.pairs is not None or self._loads_values(matrix, columns))

    @property
    def _fused(self) -> bool:
        """Whether a kernel that has a block can also quantize it: scales no wider than it, and no edits."""
        return self.integer and self.scheme.granularity == DEFAULT_GRANULARITY and self.edits is None

    def _loads_values(self, matrix: DeviceMatrix, columns: int) -> bool:
        """Whether a matrix quantizes what it reads: no faster for eight tokens, and long in the compiling, so
        that they take the kernels of a prompt."""
        most = COLUMNS[-1] - 1 if matrix.pairs is not None else min(self.kit.rows, 1)
        return self._fused and columns <= most

    def _product(
        self,
        matrix: DeviceMatrix,
        x: Activations,
        to: Sums | GatedSums | HeadSums,
        columns: int,
        quantize: int = 0,
        norm: Norm | None = None,
    ) -> list[Op]:
        """to = x · Wᵀ, of codes where there are codes or x is to be quantized on loading."""
        if matrix.pairs is not None:
            return matmul_pairs(self.kit, matrix, x, to, columns=columns, quantize=quantize, norm=norm)
        if isinstance(to, HeadSums):
            raise TypeError(f"only of pairs heads can be made, not of {matrix.spec.name}")
        return product(
            self.kit,
            matrix,
            x,
            to,
            integer=self.integer,
            columns=columns,
            quantize=quantize,
            norm=norm,
        )
