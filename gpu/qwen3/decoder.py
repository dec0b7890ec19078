"""The Qwen3 decoder as a list of dispatches.

    x = E[ids]
    for each layer:  x += o(attention(rope(norm(qkv(rms(x))))));  x += down(swiglu(gate_up(rms(x))))
    logits = head(rms(x))

A pass of up to eight tokens uses the matrix-vector kernels, a longer one the matrix-matrix kernels; a probed
pass also keeps f32 copies of what each linear layer reads and adds them to the channel statistics. An
experiment may change activations on their way into a matrix; nothing is then quantized before the f32 values
are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from gpu.activations import Activations
from gpu.formats.q8_1 import Q_MAX
from gpu.kernels.attention import attention
from gpu.kernels.channel_stats import Tap, channel_stats
from gpu.kernels.embed import embed
from gpu.kernels.emit import BOTH, CODES, VALUES
from gpu.kernels.heads import CacheLayer, Heads
from gpu.kernels.matmul import product
from gpu.kernels.matmul_pairs import HeadSums, matmul_pairs
from gpu.kernels.matrix import GatedSums, Norm, Sums
from gpu.kernels.quantize import quantize
from gpu.kernels.rms_norm import rms_norm
from gpu.kernels.rope_cache import Rotation, rope_cache
from gpu.kernels.swiglu import swiglu
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix
from gpu.probes.site_names import HEAD_SITE
from gpu.probes.sites import LAYER_SITES, Site
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.moe import experts
from gpu.qwen3.weights import LayerWeights, Weights
from gpu.qwen3.workspace import Workspace
from gpu.scheme import DEFAULT_GRANULARITY, Scheme


@dataclass(frozen=True)
class Variant:
    """Which kernels a pass takes: how many `columns` of activations share weights; whether it is probed.

    A pass that `ends_in_cache` leaves no hidden state: its last layer only makes keys and values.
    """

    columns: int
    probed: bool
    ends_in_cache: bool = False


class Edits(Protocol):
    """What an experiment does to a site's activations and to the product of the matrix that reads them."""

    def before(self, kit: Kit, site: str, x: Activations) -> list[Op]: ...
    def after(self, kit: Kit, site: str, y: Any, y_stride: int) -> list[Op]: ...


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
    edits: Edits | None = None
    watchers: tuple[Watcher, ...] = ()  # asked after each layer of a probed pass, and once more for the head

    def embed(self) -> list[Op]:
        return embed(self.kit, self.weights.embedding, self.space.ids, self.space.hidden)

    def layer(self, index: int, variant: Variant) -> list[Op]:
        """One decoder layer on the hidden state, [T, H] -> [T, H] in place."""
        weights = self.weights.layers[index]
        ops = self._to_cache(index, weights, variant)
        if variant.ends_in_cache and index + 1 == self.config.num_hidden_layers:
            return ops
        ops += [*self._attention(index, weights, variant), *self._mlp(index, weights, variant)]
        ops += self._before(f"layers.{index}", self.space.hidden)
        if variant.probed:
            ops += [self._taps(index), *(op for watch in self.watchers for op in watch(self, index))]
        return ops

    def head(self, kit: Kit, columns: int) -> list[Op]:
        """Logits of the rows step.first… of the hidden state; `kit` holds the head's own step."""
        decoder, space, vocabulary = replace(self, kit=kit), self.space, self.config.vocab_size
        to, variant = Sums(space.logits, vocabulary), Variant(columns, probed=False)
        return [
            *decoder._normed_matrix(
                self.weights.final_norm, self.weights.head, space.head_in, to, variant, HEAD_SITE
            ),
            *decoder._after(HEAD_SITE, space.logits, vocabulary),
        ]

    def head_taps(self) -> list[Op]:
        """Statistics of what the head reads at every token of a pass, where layers held their own input."""
        space, gain, epsilon = self.space, self.weights.final_norm, self.config.rms_norm_eps
        return [
            rms_norm(self.kit, space.hidden, gain, epsilon, space.attention_in, VALUES),
            *self._before(HEAD_SITE, space.attention_in),
            self._taps(self.config.num_hidden_layers),
            *(op for watch in self.watchers for op in watch(self, self.config.num_hidden_layers)),
        ]

    def _to_cache(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        """Queries, and keys and values in the cache, of the hidden state."""
        kit, space = self.kit, self.space
        qkv, into = f"layers.{index}.self_attn.qkv_proj", space.attention_in
        heads, norms = self._layer_heads(index), (weights.q_norm, weights.k_norm)
        rotation = Rotation(heads, self.caches[index], norms, space.rope, space.q)
        to: Sums | HeadSums = Sums(space.qkv, heads.qkv_width)
        rotate = [*self._after(qkv, space.qkv, heads.qkv_width), rope_cache(kit, space.qkv, rotation)]
        if weights.qkv.pairs is not None and self._loads_norm(weights.qkv, variant):
            to, rotate = HeadSums(space.qkv, rotation), []
        return [*self._normed_matrix(weights.input_norm, weights.qkv, into, to, variant, qkv), *rotate]

    def _attention(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        heads, cache, out = self._layer_heads(index), self.caches[index], self.space.attention_out
        parts = self.space.attention_parts if variant.columns == 1 else None
        return [
            *attention(self.kit, heads, cache, self.space.q, out, columns=variant.columns, parts=parts),
            *self._add_matrix(weights.o, out, variant.columns, f"layers.{index}.self_attn.o_proj"),
        ]

    def _layer_heads(self, index: int) -> Heads:
        return replace(self.heads, window=self.config.layer_window(index))

    def _mlp(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        if weights.router is not None:
            return self._experts(index, weights, variant)
        space, gate_up, columns = self._dense_space(), weights.gate_up, variant.columns
        site, rows = f"layers.{index}.mlp.gate_up_proj", weights.gate_up.spec.rows
        down = f"layers.{index}.mlp.down_proj"
        gain, into = weights.post_attention_norm, space.mlp_in
        if self._gates(gate_up, columns):
            to = GatedSums(space.gate_up, space.mlp_out)
            gated = self._normed_matrix(gain, gate_up, into, to, variant, site)
            return [*gated, *self._add_matrix(weights.down, space.mlp_out, columns, down)]
        kind = self._kind(variant.probed)
        return [
            *self._normed_matrix(gain, gate_up, into, Sums(space.gate_up, rows), variant, site),
            *self._after(site, space.gate_up, rows),
            swiglu(self.kit, space.gate_up, space.mlp_out, kind, self._q_max),
            *self._add_matrix(weights.down, space.mlp_out, columns, down, coded=kind != VALUES),
        ]

    def _gates(self, matrix: DeviceMatrix, columns: int) -> bool:
        """Whether it makes silu(gate) · up of its own sums, as what reads them may then quantize them."""
        return self.edits is None and (matrix.pairs is not None or self._loads_values(matrix, columns))

    def _experts(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        """The router reads the values that a probe would."""
        site = f"layers.{index}.mlp.gate_up_proj"
        norm = self._norm(self.space.hidden, weights.post_attention_norm, self.space.mlp_in, True, site)
        chosen = experts(
            self.kit,
            self.config,
            weights,
            self.space,
            self._quantize if self._integer else None,
            kind=self._kind(probed=False),
            q_max=self._q_max,
            columns=variant.columns,
        )
        return [*norm, *chosen]

    def _dense_space(self) -> Workspace:
        """Its inner rows as wide as those of a layer without experts."""
        inner = replace(self.space.mlp_out, width=self.config.intermediate_size)
        return replace(self.space, mlp_out=inner)

    def tapped(self, index: int) -> list[tuple[Site, Activations]]:
        """Where a probed pass leaves the values of a layer's sites; after the last layer, of the head's."""
        space = self._dense_space()
        if index == self.config.num_hidden_layers:
            return [(self.sites[-1], space.attention_in)]
        layer = (space.attention_in, space.attention_out, space.mlp_in, space.mlp_out, space.hidden)
        held = {f"layers.{index}{suffix}": x for suffix, x in zip(LAYER_SITES, layer, strict=True)}
        return [(site, held[site.name]) for site in self.sites if site.name in held]

    def _taps(self, index: int) -> Op:
        """The statistics of all of them in one dispatch."""
        taps = [Tap(x, site.offset) for site, x in self.tapped(index)]
        return channel_stats(self.kit, taps, self.stats)

    @property
    def _integer(self) -> bool:
        """Whether matrices multiply codes with codes."""
        return self.scheme.activation_bits < 16

    @property
    def _fused(self) -> bool:
        """Whether a kernel that makes a block can also quantize it: scales no wider than it, and no edits."""
        return self._integer and self.scheme.granularity == DEFAULT_GRANULARITY and self.edits is None

    def _kind(self, probed: bool) -> str:
        if not self._fused:
            return VALUES
        return BOTH if probed else CODES

    @property
    def _q_max(self) -> int:
        return Q_MAX.get(self.scheme.activation_bits, 0)

    def _normed_matrix(
        self,
        gain: Any,
        matrix: DeviceMatrix,
        into: Activations,
        to: Sums | GatedSums | HeadSums,
        variant: Variant,
        site: str,
    ) -> list[Op]:
        """to = norm(hidden) · Wᵀ; `into` holds what is normalised, where that is not done on loading."""
        hidden, epsilon = self.space.hidden, self.config.rms_norm_eps
        if self._loads_norm(matrix, variant):
            norm = Norm(gain, epsilon, into if variant.probed else None)
            return self._product(matrix, hidden, to, variant.columns, self._q_max, norm)
        normed = self._norm(hidden, gain, into, variant.probed, site)
        return [*normed, *self._product(matrix, into, to, variant.columns)]

    def _loads_norm(self, matrix: DeviceMatrix, variant: Variant) -> bool:
        """Whether a matrix normalises what it reads, which pays where it serves one token."""
        return variant.columns == 1 and self._loads_values(matrix, variant.columns)

    def _loads_values(self, matrix: DeviceMatrix, columns: int) -> bool:
        """Whether a matrix quantizes what it reads."""
        return self._fused and (matrix.pairs is not None or (columns == 1 and self.kit.rows > 0))

    def _norm(self, x: Activations, gain: Any, out: Activations, probed: bool, site: str) -> list[Op]:
        kind = self._kind(probed)
        norm = rms_norm(self.kit, x, gain, self.config.rms_norm_eps, out, kind, self._q_max)
        return [norm, *self._before(site, out), *(self._quantize(out) if kind == VALUES else [])]

    def _before(self, site: str, x: Activations) -> list[Op]:
        return [] if self.edits is None else self.edits.before(self.kit, site, x)

    def _after(self, site: str, y: Any, y_stride: int) -> list[Op]:
        return [] if self.edits is None else self.edits.after(self.kit, site, y, y_stride)

    def _quantize(self, x: Activations) -> list[Op]:
        if not self._integer:
            return []
        bits, granularity = self.scheme.activation_bits, self.scheme.granularity
        return quantize(self.kit, x, self.space.row_absmax, bits, granularity)

    def _add_matrix(
        self, matrix: DeviceMatrix, x: Activations, columns: int, site: str, coded: bool = False
    ) -> list[Op]:
        """hidden += x · Wᵀ; unless x is `coded`, its values are quantized here, if they can be on loading."""
        hidden = self.space.hidden
        to = Sums(hidden.values, hidden.stride, accumulate=True)
        if coded:
            return self._product(matrix, x, to, columns)
        if self._loads_values(matrix, columns):
            return self._product(matrix, x, to, columns, self._q_max)
        product, after = self._product(matrix, x, to, columns), self._after(site, to.y, to.stride)
        return [*self._before(site, x), *self._quantize(x), *product, *after]

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
            integer=self._integer,
            columns=columns,
            quantize=quantize,
            norm=norm,
        )


Watcher = Callable[[Decoder, int], list[Op]]
