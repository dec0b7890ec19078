"""The Qwen3 decoder as a list of dispatches.

    x = E[ids]
    for each layer:  x += o(attention(rope(norm(qkv(rms(x))))));  x += down(swiglu(gate_up(rms(x))))
    logits = head(rms(x))

A pass of many tokens uses the matrix-matrix kernels, a pass of one the matrix-vector kernels; a probed pass
also keeps f32 copies of what each linear layer reads and adds them to the channel statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gpu.activations import Activations
from gpu.formats.q8_1 import Q_MAX
from gpu.kernels.attention import attention
from gpu.kernels.channel_stats import Tap, channel_stats
from gpu.kernels.embed import embed
from gpu.kernels.emit import BOTH, CODES, VALUES
from gpu.kernels.heads import CacheLayer, Heads
from gpu.kernels.matmul import matmul
from gpu.kernels.matmul_pairs import GatedSums, Sums, matmul_pairs
from gpu.kernels.matvec import matvec
from gpu.kernels.quantize import quantize
from gpu.kernels.rms_norm import rms_norm
from gpu.kernels.rope_cache import rope_cache
from gpu.kernels.swiglu import swiglu
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix
from gpu.probes.sites import LAYER_SITES, Site
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.weights import LayerWeights, Weights
from gpu.qwen3.workspace import Workspace
from gpu.scheme import DEFAULT_GRANULARITY, Scheme


@dataclass(frozen=True)
class Variant:
    """Which kernels a pass takes."""

    many: bool
    probed: bool


@dataclass(frozen=True)
class Decoder:
    """Everything a pass reads and writes; the methods turn it into operations."""

    kit: Kit
    config: Qwen3Config
    scheme: Scheme
    heads: Heads
    weights: Weights
    caches: tuple[CacheLayer, ...]
    space: Workspace
    stats: Any
    sites: tuple[Site, ...]

    def embed(self) -> list[Op]:
        return embed(self.kit, self.weights.embedding, self.space.ids, self.space.hidden)

    def layer(self, index: int, variant: Variant) -> list[Op]:
        """One decoder layer on the hidden state, [T, H] -> [T, H] in place."""
        weights = self.weights.layers[index]
        ops = [*self._attention(index, weights, variant), *self._mlp(weights, variant)]
        if variant.probed:
            ops.append(self._taps(index))
        return ops

    def head(self, kit: Kit, probed: bool) -> list[Op]:
        """Logits of the rows step.first… of the hidden state; `kit` holds the head's own step."""
        decoder, space = replace(self, kit=kit), self.space
        ops = [
            *decoder._norm(space.hidden, self.weights.final_norm, space.head_in, probed),
            *decoder._matrix(
                self.weights.head, space.head_in, space.logits, self.config.vocab_size, many=False
            ),
        ]
        if probed:
            ops.append(channel_stats(kit, [Tap(space.head_in, self.sites[-1].offset)], self.stats))
        return ops

    def _attention(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        kit, space, cache = self.kit, self.space, self.caches[index]
        heads = replace(self.heads, window=self.config.layer_window(index))
        gains = (weights.q_norm, weights.k_norm)
        return [
            *self._norm(space.hidden, weights.input_norm, space.attention_in, variant.probed),
            *self._matrix(weights.qkv, space.attention_in, space.qkv, heads.qkv_width, variant.many),
            rope_cache(kit, heads, cache, space.qkv, gains, space.rope, space.q),
            attention(kit, heads, cache, space.q, space.attention_out, many=variant.many),
            *self._add_matrix(weights.o, space.attention_out, variant.many),
        ]

    def _mlp(self, weights: LayerWeights, variant: Variant) -> list[Op]:
        space, gate_up = self.space, weights.gate_up
        norm = self._norm(space.hidden, weights.post_attention_norm, space.mlp_in, variant.probed)
        if gate_up.pairs is not None:
            to = GatedSums(space.gate_up, space.mlp_out)
            gated = matmul_pairs(self.kit, gate_up, space.mlp_in, to, many=variant.many)
            return [*norm, *gated, *self._add_matrix(weights.down, space.mlp_out, variant.many)]
        products = self._matrix(gate_up, space.mlp_in, space.gate_up, gate_up.spec.rows, variant.many)
        kind = self._kind(variant.probed)
        gate = swiglu(self.kit, space.gate_up, space.mlp_out, kind, self._q_max)
        down = self._add_matrix(weights.down, space.mlp_out, variant.many, coded=kind != VALUES)
        return [*norm, *products, gate, *down]

    def _taps(self, index: int) -> Op:
        """The statistics of a layer's five sites in one dispatch."""
        space = self.space
        tapped = (space.attention_in, space.attention_out, space.mlp_in, space.mlp_out, space.hidden)
        sites = self.sites[index * len(LAYER_SITES) :]
        taps = [Tap(x, site.offset) for x, site in zip(tapped, sites, strict=False)]
        return channel_stats(self.kit, taps, self.stats)

    @property
    def _integer(self) -> bool:
        """Whether matrices multiply codes with codes."""
        return self.scheme.activation_bits < 16

    @property
    def _fused(self) -> bool:
        """Whether a kernel that makes a block can also quantize it: scales no wider than the block."""
        return self._integer and self.scheme.granularity == DEFAULT_GRANULARITY

    def _kind(self, probed: bool) -> str:
        if not self._fused:
            return VALUES
        return BOTH if probed else CODES

    @property
    def _q_max(self) -> int:
        return Q_MAX.get(self.scheme.activation_bits, 0)

    def _norm(self, x: Activations, gain: Any, out: Activations, probed: bool) -> list[Op]:
        kind = self._kind(probed)
        norm = rms_norm(self.kit, x, gain, self.config.rms_norm_eps, out, kind, self._q_max)
        return [norm, *(self._quantize(out) if kind == VALUES else [])]

    def _quantize(self, x: Activations) -> list[Op]:
        if not self._integer:
            return []
        bits, granularity = self.scheme.activation_bits, self.scheme.granularity
        return quantize(self.kit, x, self.space.row_absmax, bits, granularity)

    def _add_matrix(self, matrix: DeviceMatrix, x: Activations, many: bool, coded: bool = False) -> list[Op]:
        """hidden += x · Wᵀ; unless x is `coded`, its values are quantized here, if they can be on loading."""
        hidden = self.space.hidden
        if matrix.pairs is not None and self._fused and not coded:
            to = Sums(hidden.values, hidden.stride, accumulate=True)
            return matmul_pairs(self.kit, matrix, x, to, many=many, quantize=self._q_max)
        product = self._matrix(matrix, x, hidden.values, hidden.stride, many, accumulate=True)
        return product if coded else [*self._quantize(x), *product]

    def _matrix(
        self,
        matrix: DeviceMatrix,
        x: Activations,
        y: Any,
        y_stride: int,
        many: bool,
        accumulate: bool = False,
    ) -> list[Op]:
        if matrix.pairs is not None:
            return matmul_pairs(self.kit, matrix, x, Sums(y, y_stride, accumulate), many=many)
        kernel = matmul if many else matvec
        return kernel(self.kit, matrix, x, y, y_stride, integer=self._integer, accumulate=accumulate)
