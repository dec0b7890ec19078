"""How weight matrices lie on the device, and how they get there.

`buffer`: codes as the formats pack them, in storage buffers, for dot4. `pairs`: 4-bit codes of two rows to
a word in a storage texture, for (software) adapters that load texels several times faster than buffers.
Matrices larger than a binding may be are cut into slabs of rows, always by the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import BLOCK, blocks_of
from gpu.device import Gpu
from gpu.extent import Extent
from gpu.ledger import TEXEL_BYTES

LANES = 8
_ROW_PAIRS_LOG2 = 3
Words = npt.NDArray[np.uint32]
Halves = npt.NDArray[np.float16]
BITS = {"q2": 2, "q3": 3, "q4": 4, "q5": 5, "q6": 6, "q8": 8, "f16": 16, "bf16": 16, "f32": 32}


@dataclass(frozen=True)
class MatrixSpec:
    """A weight matrix [rows, columns] in one format, as checkpoints orient it: y = W x.

    `part_rows` are the heights of the tensors stacked in it (q, k, v or gate, up), top to bottom. The rows of
    `experts` lie one expert after the other, and a slab holds whole experts.
    """

    name: str
    part_rows: tuple[int, ...]
    columns: int
    format: str
    group: int = BLOCK
    experts: int = 1

    @property
    def rows(self) -> int:
        return sum(self.part_rows)

    @property
    def unit_rows(self) -> int:
        """Rows that stay together in a slab."""
        return 8 if self.experts == 1 else self.rows // self.experts

    @property
    def has_scales(self) -> bool:
        return self.format.startswith("q")

    @property
    def blocks(self) -> int:
        """Blocks of 32 along K as stored in buffers: whole groups."""
        if not self.has_scales:
            return blocks_of(self.columns)
        return blocks_of(-(-self.columns // self.group) * self.group)

    @property
    def row_code_bytes(self) -> int:
        return self.blocks * BLOCK * BITS[self.format] // 8

    @property
    def row_scales(self) -> int:
        """f16 scales in a stored row: an even number, so that every row starts on a whole word."""
        return -(-self.blocks * BLOCK // self.group // 2) * 2 if self.has_scales else 0

    def codes_extent(self, rows: int) -> Extent:
        """Of the codes, or values, of so many rows."""
        return Extent.of(BITS[self.format], rows=rows, columns=self.blocks * BLOCK)

    def scales_extent(self, rows: int) -> Extent:
        return Extent.of(16, rows=rows, scales=self.row_scales)


@dataclass(frozen=True)
class SlabPlan:
    """Rows [row_offset, row_offset + rows) of a matrix and what they take."""

    row_offset: int
    rows: int
    code_bytes: int
    scale_bytes: int


@dataclass(frozen=True)
class PairsPlan:
    """Texture geometry of a matrix in the `pairs` layout."""

    rows: int
    blocks: int  # padded to whole spans of chunks * 8
    chunks: int
    pairs_log2: int

    @property
    def scale_texels(self) -> int:
        return self.blocks // self.chunks

    @property
    def pair_texels(self) -> int:
        return 2 * self.blocks + self.scale_texels

    @property
    def pairs(self) -> int:
        return -(-self.rows // 2)

    @property
    def width(self) -> int:
        return self.pair_texels << self.pairs_log2

    @property
    def height(self) -> int:
        return -(-self.pairs >> self.pairs_log2)

    @property
    def extents(self) -> dict[str, Extent]:
        pairs, texel_bits = self.height << self.pairs_log2, TEXEL_BYTES * 8
        return {
            "weights": Extent.of(texel_bits, pairs_of_rows=pairs, texels=2 * self.blocks),
            "scales": Extent.of(texel_bits, pairs_of_rows=pairs, texels=self.scale_texels),
        }

    @property
    def bytes_by_purpose(self) -> dict[str, int]:
        return {purpose: extent.size_bytes for purpose, extent in self.extents.items()}


def plan_slabs(spec: MatrixSpec, max_binding_bytes: int) -> tuple[SlabPlan, ...]:
    """Cut a matrix into slabs of whole rows, each within a binding."""
    fit = max_binding_bytes // max(spec.row_code_bytes, 1) // spec.unit_rows * spec.unit_rows
    step = max(spec.unit_rows, min(spec.rows, fit))
    starts = range(0, spec.rows, step)
    return tuple(_slab(spec, start, min(step, spec.rows - start)) for start in starts)


def _slab(spec: MatrixSpec, start: int, rows: int) -> SlabPlan:
    scale_bytes = -(-rows * spec.row_scales * 2 // 16) * 16
    code_bytes = -(-rows * spec.row_code_bytes // 16) * 16
    return SlabPlan(start, rows, code_bytes, scale_bytes)


def choose_chunks(columns: int) -> int:
    """Chunks of eight blocks a lane holds at once: the most of 1…4 that pads K least."""
    chunks = -(-blocks_of(columns) // LANES)
    return min((4, 3, 2, 1), key=lambda c: (-(-chunks // c) * c, -c))


def plan_pairs(spec: MatrixSpec, max_side: int) -> PairsPlan | None:
    """Texture geometry, or None where the matrix does not fit a texture of this adapter."""
    chunks = choose_chunks(spec.columns)
    span = chunks * LANES
    blocks = -(-blocks_of(spec.columns) // span) * span
    starts = np.cumsum((0, *spec.part_rows[:-1]))
    for log2 in range(_ROW_PAIRS_LOG2, -1, -1):
        plan = PairsPlan(spec.rows, blocks, chunks, log2)
        aligned = all(int(start) % (2 << log2) == 0 for start in starts)
        if aligned and plan.width <= max_side and plan.height <= max_side:
            return plan
    return None


def pack_pairs(codes: Words, scales: Halves, group: int, plan: PairsPlan) -> Words:
    """Canonical Q4 rows as texels, uint32 [pairs, pair_texels, 4]; an odd last row is paired with zeros."""
    rows, stored = codes.shape[0] + codes.shape[0] % 2, codes.shape[1] // 4
    words = np.zeros((rows, plan.blocks, 4), np.uint32)
    words[: codes.shape[0], :stored] = codes.reshape(codes.shape[0], stored, 4)[:, : plan.blocks]
    even, odd = words[0::2], words[1::2]
    mixed = np.empty((rows // 2, plan.blocks, 2, 4), np.uint32)
    flat = mixed.reshape(rows // 2, plan.blocks, 4, 2)
    flat[..., 0] = (even & np.uint32(0xFFFF)) | (odd << np.uint32(16))
    flat[..., 1] = (even >> np.uint32(16)) | (odd & np.uint32(0xFFFF0000))
    texels = np.empty((rows // 2, plan.pair_texels, 4), np.uint32)
    texels[:, : plan.blocks] = mixed[:, :, 0]
    texels[:, plan.blocks : 2 * plan.blocks] = mixed[:, :, 1]
    texels[:, 2 * plan.blocks :] = _pack_scales(scales, group, rows, plan)
    return texels


def _pack_scales(scales: Halves, group: int, rows: int, plan: PairsPlan) -> Words:
    """f16 pairs, one a block (wider groups are repeated), as [pairs, span, lane, chunk of the span]."""
    each = np.zeros((rows, plan.blocks), np.uint32)
    repeated = np.repeat(scales.view(np.uint16), group // BLOCK, axis=1)[:, : plan.blocks]
    each[: scales.shape[0], : repeated.shape[1]] = repeated
    both = each[0::2] | each[1::2] << np.uint32(16)
    spans = both.reshape(rows // 2, -1, plan.chunks, LANES).transpose(0, 1, 3, 2)
    texels = np.zeros((*spans.shape[:3], 4), np.uint32)
    texels[..., : plan.chunks] = spans
    return texels.reshape(rows // 2, plan.scale_texels, 4)


@dataclass(frozen=True)
class Slab:
    """A slab on the device: its plan, its resources by binding name and its Matrix uniform's fields."""

    plan: SlabPlan
    resources: dict[str, Any]


@dataclass(frozen=True)
class DeviceMatrix:
    """A weight matrix on the device, filled row range by row range."""

    spec: MatrixSpec
    slabs: tuple[Slab, ...]
    pairs: PairsPlan | None = None
    gpu: Gpu = field(repr=False, kw_only=True)

    def write(self, row: int, codes: npt.NDArray[Any], scales: Halves | None = None) -> None:
        """Upload rows from `row` on: packed codes (or 16/32-bit values) and their scales.

        In the pairs layout `row` must start a texture row, which `row_step` keeps.
        """
        if self.pairs is not None and scales is not None:
            self._write_pairs(row, codes, scales)
            return
        for slab, part, at in self._overlaps(row, codes.shape[0]):
            codes_part = np.ascontiguousarray(codes[part])
            self._write_buffer(slab.resources["weights"], codes_part, at * self.spec.row_code_bytes)
            if scales is not None:
                missing = self.spec.row_scales - scales.shape[1]
                padded = np.pad(scales[part], ((0, 0), (0, missing)))
                self._write_buffer(slab.resources["weight_scales"], padded, at * self.spec.row_scales * 2)

    def row_step(self, budget_bytes: int = 32 << 20) -> int:
        """Rows to stream at a time: whole texture rows, about `budget_bytes` of f32."""
        step = budget_bytes // (4 * max(1, self.spec.columns)) // 64 * 64
        return max(64, step)

    def _overlaps(self, row: int, count: int) -> Iterator[tuple[Slab, slice, int]]:
        for slab in self.slabs:
            start = max(row, slab.plan.row_offset)
            stop = min(row + count, slab.plan.row_offset + slab.plan.rows)
            if start < stop:
                yield slab, slice(start - row, stop - row), start - slab.plan.row_offset

    def _write_buffer(self, buffer: Any, data: npt.NDArray[Any], offset_bytes: int) -> None:
        self.gpu.write(buffer, data.reshape(-1).view(np.uint8), offset_bytes)

    def _write_pairs(self, row: int, codes: Words, scales: Halves) -> None:
        if self.pairs is None:
            raise ValueError("not in the pairs layout")
        per_row = 1 << self.pairs.pairs_log2
        texels = pack_pairs(codes, scales, self.spec.group, self.pairs)
        missing = -texels.shape[0] % per_row
        if missing:
            texels = np.concatenate([texels, np.zeros((missing, *texels.shape[1:]), np.uint32)])
        height = texels.shape[0] // per_row
        destination = {"texture": self.slabs[0].resources["weights"], "origin": (0, row // 2 // per_row, 0)}
        layout = {"bytes_per_row": self.pairs.width * TEXEL_BYTES, "rows_per_image": height}
        with self.gpu.guarded():
            self.gpu.device.queue.write_texture(destination, texels, layout, (self.pairs.width, height, 1))


def allocate_matrix(gpu: Gpu, spec: MatrixSpec, layout: str) -> DeviceMatrix:
    """Allocate a matrix in `layout` ("buffer" or "pairs"; pairs only for q4 that fits a texture)."""
    plan = plan_pairs(spec, gpu.limits["max-texture-dimension-2d"]) if uses_pairs(spec, layout) else None
    if plan is not None:
        texture = gpu.ledger.texture(spec.name, plan.extents, plan.width, plan.height)
        whole = SlabPlan(0, spec.rows, plan.bytes_by_purpose["weights"], plan.bytes_by_purpose["scales"])
        return DeviceMatrix(spec, (Slab(whole, {"weights": texture}),), plan, gpu=gpu)
    slabs = tuple(_allocate_slab(gpu, spec, slab) for slab in plan_slabs(spec, gpu.max_binding_bytes))
    return DeviceMatrix(spec, slabs, gpu=gpu)


def choose_layout(gpu: Gpu) -> str:
    """Which layout 4-bit weights get on this adapter."""
    return gpu.variants.layout


def uses_pairs(spec: MatrixSpec, layout: str) -> bool:
    return layout == "pairs" and spec.format == "q4" and spec.experts == 1


def _allocate_slab(gpu: Gpu, spec: MatrixSpec, plan: SlabPlan) -> Slab:
    resources = {"weights": gpu.ledger.buffer(spec.name, "weights", spec.codes_extent(plan.rows))}
    if spec.has_scales:
        scales = spec.scales_extent(plan.rows)
        resources["weight_scales"] = gpu.ledger.buffer(f"{spec.name} scales", "scales", scales)
    return Slab(plan, resources)
