"""The device's decoder run layer by layer, keeping what every site saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpu.activations import Activations
from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.kernels.matrix import columns_for
from gpu.kit import Kit, Op
from gpu.probes.sites import HEAD_SITE, LAYER_SITES
from gpu.qwen3.allocation import Plan, allocate
from gpu.qwen3.decoder import Decoder
from gpu.qwen3.linear import Variant
from gpu.qwen3.loader import Loader, LoadOptions
from gpu.qwen3.rope import rope_table
from gpu.qwen3.workspace import HEAD_ROWS
from gpu.scheme import Scheme
from tests.gpu.device_arrays import Bench

CONTEXT_TOKENS = 64


class DeviceDecoder:
    """After `logits`, `sites` holds float32 [tokens, channels] of every site of those tokens."""

    def __init__(self, gpu: Gpu, checkpoint: Checkpoint, scheme: Scheme, layout: str) -> None:
        plan = Plan(checkpoint.config, scheme, CONTEXT_TOKENS, layout, lambda n: checkpoint.tensor(n).dtype)
        self.bench = Bench(Kit(gpu))
        self.config = checkpoint.config
        allocation = allocate(gpu, plan)
        Loader(gpu, checkpoint, allocation.stacks, LoadOptions()).fill(allocation.weights)
        self.space = allocation.space
        gpu.write(self.space.rope, rope_table(plan.config, CONTEXT_TOKENS).reshape(-1))
        self.decoder = Decoder(
            self.bench.kit,
            plan.config,
            scheme,
            plan.heads,
            allocation.weights,
            allocation.caches,
            allocation.space,
            allocation.probes,
        )
        self.sites: dict[str, np.ndarray] = {}

    def logits(self, ids: Sequence[int], position: int = 0) -> np.ndarray:
        """Run tokens from `position` on; float32 [tokens, vocabulary]."""
        tokens, space = len(ids), self.space
        variant = Variant(columns_for(tokens), probed=True)
        self.sites = {}
        self.bench.kit.gpu.write(space.ids, np.asarray(ids, np.uint32))
        self.bench.run(self.decoder.embed(), tokens, position)
        tapped = (space.attention_in, space.attention_out, space.mlp_in, space.mlp_out, space.hidden)
        for index in range(self.config.num_hidden_layers):
            self.bench.run(self.decoder.layer(index, variant), tokens, position)
            for suffix, held in zip(LAYER_SITES, tapped, strict=True):
                self.sites[f"layers.{index}{suffix}"] = self._values(held, tokens)
        self.bench.run(self.decoder.head_taps(variant), tokens, position)
        self.sites[HEAD_SITE] = self._values(space.attention_in, tokens)
        return np.concatenate([self._head(first, tokens) for first in range(0, tokens, HEAD_ROWS)])

    def _head(self, first: int, tokens: int) -> np.ndarray:
        rows = min(HEAD_ROWS, tokens - first)
        ops: Sequence[Op] = self.decoder.head(self.bench.kit, columns_for(rows))
        self.bench.run(ops, rows, first=first)
        return self.bench.read(self.space.logits, (rows, self.config.vocab_size)).copy()

    def _values(self, held: Activations, rows: int) -> np.ndarray:
        padded: Any = self.bench.read(held.values, (rows, held.stride))
        return padded[:, : held.width].copy()
