"""A watch on the attention of a running model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.kernels.attention_mass import attention_mass
from gpu.kernels.heads import Heads
from gpu.kit import Op
from gpu.probes.attention_share import SINK_TOKENS, AttentionMass
from gpu.qwen3.decoder import Decoder

F32 = npt.NDArray[np.float32]


class AttentionProbe:
    """Watches a model's probed passes over texts of up to `positions` tokens."""

    def __init__(self, gpu: Gpu, heads: Heads, layers: int, positions: int, first: int = SINK_TOKENS) -> None:
        """Raises RequestError for a count of first tokens that is not positive."""
        if first < 1:
            raise RequestError(f"At least one token must count as the first, not {first}.")
        self._gpu, self._positions, self._first = gpu, positions, first
        self._shape = (heads.q_heads, positions)
        size = heads.q_heads * positions * 4
        self._received, self._top = (
            [gpu.ledger.buffer(f"attention {what}", "probes", size) for _ in range(layers)]
            for what in ("received", "tops")
        )
        self._scores = gpu.ledger.buffer("attention scores", "probes", size)

    def __call__(self, decoder: Decoder, index: int) -> list[Op]:
        """What looks at a layer's attention; nothing for the head's turn."""
        if index == decoder.config.num_hidden_layers:
            return []
        heads = replace(decoder.heads, window=decoder.config.layer_window(index))
        outputs = (self._received[index], self._top[index], self._scores)
        cache, q = decoder.caches[index], decoder.space.q
        return attention_mass(decoder.kit, heads, cache, q, outputs, self._positions, self._first)

    def read(self, tokens: int, start: int = 0) -> AttentionMass:
        """What the tokens from `start` on did, of a cache of `tokens`; only they were probed."""
        start = max(start, self._first)
        received = np.stack([self._rows(buffer)[:, :tokens] for buffer in self._received])
        top = np.stack([self._rows(buffer)[:, start:tokens] for buffer in self._top])
        queries = max(tokens - start, 0)
        mean = top.mean(axis=2) if queries else np.zeros(top.shape[:2], np.float32)
        return AttentionMass(self._first, queries, received, mean)

    def reset(self) -> None:
        """Forget everything."""
        with self._gpu.guarded():
            encoder = self._gpu.device.create_command_encoder()
            for buffer in self._received:
                encoder.clear_buffer(buffer, 0, self._shape[0] * self._shape[1] * 4)
            commands = encoder.finish()
        self._gpu.submit(commands)

    def release(self) -> None:
        for buffer in (*self._received, *self._top, self._scores):
            self._gpu.ledger.release(buffer)

    def _rows(self, buffer: object) -> F32:
        raw = self._gpu.read(buffer, self._shape[0] * self._shape[1] * 4)
        rows: F32 = np.frombuffer(raw, np.float32).reshape(self._shape)
        return rows
