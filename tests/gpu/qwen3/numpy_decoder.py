"""Qwen3 in numpy with the arithmetic of a scheme: the oracle of the quantized decoder.

Matrices hold the values their codes stand for, every linear layer reads activations that went through q8_1,
and keys and values went through float16 or blocks of codes; everything else is float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gpu.checkpoints import Checkpoint
from gpu.formats import q4, q8, q8_1
from gpu.kernels import kv_codes
from gpu.kernels.rope_cache import paired
from gpu.probes.sites import HEAD_SITE
from gpu.qwen3.workspace import HEAD_ROWS
from gpu.scheme import Scheme
from tests.golden.qwen3.reference import Reference

F16_STEPS = 2**11  # of a float16 in its binade's upper end


class NumpyDecoder(Reference):
    """One rounding that goes the other way changes later ones, so an exact comparison needs either of two:

    `device` gives what a device had at its sites, float32 [tokens, channels]: each step then starts from the
    device's values, and `errors` (by site, in units of its largest magnitude) are each step's own.
    `margin` says how near any value of the last pass came to rounding the other way: its distance, as a part
    of the largest value of its scale. A device whose f32 errors are smaller rounds alike everywhere.
    """

    def __init__(
        self, checkpoint: Checkpoint, scheme: Scheme, device: Mapping[str, np.ndarray] | None = None
    ) -> None:
        self._scheme = scheme
        self._device = device or {}
        self.errors: dict[str, float] = {}
        self.margin = np.inf
        super().__init__(checkpoint)

    def logits(self, token_ids: Sequence[int]) -> np.ndarray:
        self.margin = np.inf
        return super().logits(token_ids)

    def _held(self, values: np.ndarray) -> np.ndarray:
        bits, group = self._scheme.weight_bits, self._scheme.group
        if values.ndim == 2 and bits == 4:
            values = q4.dequantize(q4.quantize(values, group))
        elif values.ndim == 2 and bits == 8:
            values = q8.dequantize(q8.quantize(values, group))
        return super()._held(values)

    def _read(self, site: str, values: np.ndarray) -> np.ndarray:
        values = super()._read(site, self._compared(site, values))
        if self._scheme.activation_bits == 16:
            return values
        rows = HEAD_ROWS if site == HEAD_SITE else len(values)  # the head runs on a few rows at a time
        return np.concatenate([self._coded(values[i : i + rows]) for i in range(0, len(values), rows)])

    def _left(self, site: str, values: np.ndarray) -> np.ndarray:
        return super()._left(site, self._compared(site, values))

    def _cached(self, name: str, values: np.ndarray) -> np.ndarray:
        if self._scheme.kv_bits == 32:
            return values
        if self._scheme.kv_bits < 16:
            held = kv_codes.reference(device_order(name, values).astype(np.float32), self._scheme.kv_bits)
            return device_order(name, held, back=True).astype(np.float64)
        kept = values.astype(np.float16)
        self._note(np.abs(values - kept), np.abs(np.spacing(kept).astype(np.float64)), F16_STEPS)
        return kept.astype(np.float64)

    def _coded(self, values: np.ndarray) -> np.ndarray:
        bits = self._scheme.activation_bits
        codes = q8_1.quantize(values, bits, self._scheme.granularity)
        exact = q8_1.dequantize(codes).astype(np.float64)
        step = np.repeat(codes.d, codes.block, axis=1)[:, : codes.k].astype(np.float64)
        self._note(np.abs(values - exact)[step > 0], step[step > 0], q8_1.Q_MAX[bits])
        return exact

    def _note(self, moved: np.ndarray, step: np.ndarray, steps: int) -> None:
        """Values moved by rounding to multiples of `step`; half a step is where it goes the other way."""
        self.margin = min(self.margin, float(np.min(0.5 - moved / step)) / steps)

    def _compared(self, site: str, values: np.ndarray) -> np.ndarray:
        if site not in self._device:
            return values
        given = self._device[site].astype(np.float64)
        self.errors[site] = error(given, values)
        return given


def device_order(name: str, heads: np.ndarray, *, back: bool = False) -> np.ndarray:
    """Heads as the device holds them: dimensions of keys lie beside their rotation partners."""
    if name == "v":
        return heads
    order = paired(np.arange(heads.shape[-1]))
    return heads[..., np.argsort(order) if back else order]


def error(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, in units of the largest expected magnitude."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())
