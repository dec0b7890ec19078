"""The Qwen3 decoder as a list of dispatches.

    x = E[ids]
    for each layer:  x += o(attention(rope(norm(qkv(rms(x))))));  x += down(swiglu(gate_up(rms(x))))
    logits = head(rms(x))

A pass of up to eight tokens uses the matrix-vector kernels, a longer one the matrix-matrix kernels; a probed
pass also keeps f32 copies of what each linear layer reads and adds them to the channel statistics, or, of a
token alone, leaves them in a ring: the residual stream, which the next layer changes, through that layer's
norm. An experiment may change activations on their way into a matrix; nothing is then quantized before the
f32 values are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gpu.activations import Activations
from gpu.kernels.attention import attention, makes_heads
from gpu.kernels.channel_stats import Tap, channel_stats
from gpu.kernels.embed import embed
from gpu.kernels.emit import VALUES
from gpu.kernels.heads import CacheLayer, Heads
from gpu.kernels.matrix import GatedSums, Sums
from gpu.kernels.rms_norm import rms_norm
from gpu.kernels.rope_cache import HeadSums, Rotation, rope_cache
from gpu.kernels.swiglu import swiglu
from gpu.kit import Kit, Op
from gpu.probes.channels import ChannelProbes
from gpu.probes.site_names import HEAD_SITE
from gpu.probes.sites import LAYER_SITES, Site
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.linear import Edits, Linear, Variant
from gpu.qwen3.moe import experts
from gpu.qwen3.weights import LayerWeights, Weights
from gpu.qwen3.workspace import Workspace
from gpu.scheme import Scheme

_FIELDS = ("attention_in", "attention_out", "mlp_in", "mlp_out", "hidden")  # of the workspace, as LAYER_SITES


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
    probes: ChannelProbes
    edits: Edits | None = None
    watchers: tuple[Watcher, ...] = ()  # asked after each layer of a probed pass, and once more for the head

    @property
    def _linear(self) -> Linear:
        space = self.space
        return Linear(
            self.kit, self.scheme, space.hidden, self.config.rms_norm_eps, space.row_absmax, self.edits
        )

    def embed(self) -> list[Op]:
        return embed(self.kit, self.weights.embedding, self.space.ids, self.space.hidden)

    def layer(self, index: int, variant: Variant) -> list[Op]:
        """One decoder layer on the hidden state, [T, H] -> [T, H] in place."""
        return self._keeping(index, variant)._layer(index, variant)

    def _layer(self, index: int, variant: Variant) -> list[Op]:
        weights = self.weights.layers[index]
        ops = self._to_cache(index, weights, variant)
        if variant.ends_in_cache and index + 1 == self.config.num_hidden_layers:
            return ops
        ops += [*self._attention(index, weights, variant), *self._mlp(index, weights, variant)]
        ops += self._linear.before(f"layers.{index}", self.space.hidden)
        return [*ops, *self._taps(index, variant)]

    def head(self, kit: Kit, columns: int) -> list[Op]:
        """Logits of the rows step.first… of the hidden state; `kit` holds the head's own step."""
        decoder, space, vocabulary = replace(self, kit=kit), self.space, self.config.vocab_size
        to, variant = Sums(space.logits, vocabulary), Variant(columns, probed=False)
        return [
            *decoder._linear.of_norm(
                self.weights.final_norm, self.weights.head, space.head_in, to, variant, HEAD_SITE
            ),
            *decoder._linear.after(HEAD_SITE, space.logits, vocabulary),
        ]

    def head_taps(self, variant: Variant) -> list[Op]:
        """Statistics of what the head reads at every token of a pass, where layers held their own input."""
        end, gain, epsilon = self.config.num_hidden_layers, self.weights.final_norm, self.config.rms_norm_eps
        keeping = self._keeping(end, variant)
        into, raw = keeping.space.attention_in, self._raw(end, variant)
        return [
            rms_norm(self.kit, self.space.hidden, gain, epsilon, into, VALUES, raw=raw),
            *self._linear.before(HEAD_SITE, into),
            *keeping._taps(end, variant),
        ]

    def _keeping(self, index: int, variant: Variant) -> Decoder:
        """This one, with room in the ring for what a token alone has at a layer's sites."""
        row, space = variant.ring_row, self.space
        if row is None:
            return self
        kept: dict[str, Any] = {
            field: self.probes.kept(site.name, getattr(space, field), row)
            for site, field in self._fields(index)
            if field != "hidden"
        }
        return replace(self, space=replace(space, **kept))

    def _raw(self, index: int, variant: Variant) -> Activations | None:
        """Where the residual stream that a layer reads is kept for the layer before it; of the first layer it
        is written over, so that one kernel serves all."""
        if variant.ring_row is None:
            return None
        return self.probes.kept(f"layers.{max(index - 1, 0)}", self.space.hidden, variant.ring_row)

    def _to_cache(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        """Queries, and keys and values in the cache, of the hidden state; or what attention makes them of."""
        site, into = f"layers.{index}.self_attn.qkv_proj", self.space.attention_in
        raw = self._raw(index, variant)
        sums, norm, width = self._head_sums(index, weights), weights.input_norm, self.heads.qkv_width
        if self._linear.makes_heads(weights.qkv, variant):
            return self._linear.of_norm(norm, weights.qkv, into, sums, variant, site, raw)
        product = self._linear.of_norm(norm, weights.qkv, into, Sums(sums.qkv, width), variant, site, raw)
        ops = [*product, *self._linear.after(site, sums.qkv, width)]
        if self._attention_makes_heads(index, weights, variant):
            return ops
        return [*ops, rope_cache(self.kit, sums.qkv, sums.rotation)]

    def _attention(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        heads, cache, out = self._layer_heads(index), self.caches[index], self.space.attention_out
        unmade = self._attention_makes_heads(index, weights, variant)
        q = self._head_sums(index, weights) if unmade else self.space.q
        parts = self.space.attention_parts if variant.split else None
        return [
            *attention(self.kit, heads, cache, q, out, columns=variant.columns, parts=parts),
            *self._linear.onto_hidden(weights.o, out, variant.columns, f"layers.{index}.self_attn.o_proj"),
        ]

    def _attention_makes_heads(self, index: int, weights: LayerWeights, variant: Variant) -> bool:
        """Of one token, if the product does not and no watcher wants to see queries."""
        if variant.columns > 1 or variant.ends_in_cache or (variant.probed and self.watchers):
            return False
        can = makes_heads(self._layer_heads(index), self.caches[index])
        return can and not self._linear.makes_heads(weights.qkv, variant)

    def _head_sums(self, index: int, weights: LayerWeights) -> HeadSums:
        norms = (weights.q_norm, weights.k_norm)
        heads, cache, space = self._layer_heads(index), self.caches[index], self.space
        return HeadSums(space.qkv, Rotation(heads, cache, norms, space.rope, space.q))

    def _layer_heads(self, index: int) -> Heads:
        return replace(self.heads, window=self.config.layer_window(index))

    def _mlp(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        if weights.router is not None:
            return self._experts(index, weights, variant)
        space, gate_up, columns = self._dense_space(), weights.gate_up, variant.columns
        site, rows = f"layers.{index}.mlp.gate_up_proj", weights.gate_up.spec.rows
        down = f"layers.{index}.mlp.down_proj"
        gain, into = weights.post_attention_norm, space.mlp_in
        if self._linear.gates(gate_up, columns):
            to = GatedSums(space.gate_up, space.mlp_out)
            gated = self._linear.of_norm(gain, gate_up, into, to, variant, site)
            return [*gated, *self._linear.onto_hidden(weights.down, space.mlp_out, columns, down)]
        kind = self._linear.kind(variant.probed)
        return [
            *self._linear.of_norm(gain, gate_up, into, Sums(space.gate_up, rows), variant, site),
            *self._linear.after(site, space.gate_up, rows),
            swiglu(self.kit, space.gate_up, space.mlp_out, kind, self._linear.q_max),
            *self._linear.onto_hidden(weights.down, space.mlp_out, columns, down, coded=kind != VALUES),
        ]

    def _experts(self, index: int, weights: LayerWeights, variant: Variant) -> list[Op]:
        """The router reads the values that a probe would."""
        site = f"layers.{index}.mlp.gate_up_proj"
        norm = self._linear.norm(weights.post_attention_norm, self.space.mlp_in, True, site)
        chosen = experts(
            self.kit,
            self.config,
            weights,
            self.space,
            self._linear.quantize if self._linear.integer else None,
            kind=self._linear.kind(probed=False),
            q_max=self._linear.q_max,
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
        return [(site, getattr(space, field)) for site, field in self._fields(index)]

    def _fields(self, index: int) -> list[tuple[Site, str]]:
        """A layer's sites, after the last layer the head's, and the workspace's field that holds each."""
        if index == self.config.num_hidden_layers:
            return [(self.probes.sites[-1], "attention_in")]
        fields = {f"layers.{index}{suffix}": f for suffix, f in zip(LAYER_SITES, _FIELDS, strict=True)}
        return [(site, fields[site.name]) for site in self.probes.sites if site.name in fields]

    def _taps(self, index: int, variant: Variant) -> list[Op]:
        """The statistics of all of them in one dispatch, or none yet of what the ring keeps."""
        if not variant.probed:
            return []
        watched = [op for watch in self.watchers for op in watch(self, index)]
        if variant.ring_row is not None:
            return watched
        taps = [Tap(x, site.first) for site, x in self.tapped(index)]
        return [channel_stats(self.kit, taps, self.probes.buffer), *watched]


Watcher = Callable[[Decoder, int], list[Op]]
