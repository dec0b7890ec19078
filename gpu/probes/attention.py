"""Where attention goes, layer by layer and head by head, and which heads sink it into the first tokens.

A head that has nothing to add still has to spend a mass of one: it parks it on a token that says little,
mostly the first (Xiao et al. 2023, arXiv 2309.17453), which massive activations mark (Sun et al. 2024,
arXiv 2402.17762).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.kernels.attention_mass import attention_mass
from gpu.kernels.heads import Heads
from gpu.kit import Op
from gpu.qwen3.decoder import Decoder

F32 = npt.NDArray[np.float32]
SINK_TOKENS = 4  # the first tokens, whose own queries do not count: they can hardly look elsewhere
SINK_SHARE = 0.3  # of its attention: a head that sinks (Gu et al. 2024, arXiv 2410.10781)


@dataclass(frozen=True, eq=False)
class AttentionMass:
    """Attention of some tokens, whose queries count from the token `first` on.

    `received` f32 [layers, heads, positions] sums the probabilities each position was given, by `queries`
    queries; `top` f32 [layers, heads] is the mean of a query's largest probability.
    """

    first: int
    queries: int
    received: F32 = field(repr=False)
    top: F32 = field(repr=False)

    @property
    def share(self) -> F32:
        """Mean share of its attention that a head spends on the first tokens, [layers, heads]."""
        shares: F32 = self.received[:, :, : self.first].sum(axis=2) / np.float32(max(self.queries, 1))
        return shares

    @property
    def top_mass(self) -> float:
        """Mean over all heads of the largest probability."""
        return float(self.top.mean())

    @property
    def by_position(self) -> F32:
        """Mean share over all heads and queries, f32 [positions]."""
        means: F32 = self.received.mean(axis=(0, 1)) / np.float32(max(self.queries, 1))
        return means

    def sinking_heads(self, share: float = SINK_SHARE) -> list[tuple[int, int, float]]:
        """(layer, head, share) of the heads that spend at least `share` on the first tokens, most first."""
        shares = self.share
        found = [(int(i), int(h), float(shares[i, h])) for i, h in np.argwhere(shares >= share)]
        return sorted(found, key=lambda item: -item[2])


def combined(first: AttentionMass, later: AttentionMass) -> AttentionMass:
    """Attention over two texts: a position counts from each one's start."""
    positions = max(first.received.shape[2], later.received.shape[2])
    total = first.queries + later.queries
    weights = np.array([first.queries, later.queries], np.float32) / max(total, 1)
    return AttentionMass(
        first.first,
        total,
        _padded(first.received, positions) + _padded(later.received, positions),
        first.top * weights[0] + later.top * weights[1],
    )


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
        return [attention_mass(decoder.kit, heads, cache, q, outputs, self._positions, self._first)]

    def read(self, tokens: int) -> AttentionMass:
        """What the first `tokens` tokens of the cache did."""
        received = np.stack([self._rows(buffer)[:, :tokens] for buffer in self._received])
        top = np.stack([self._rows(buffer)[:, self._first : tokens] for buffer in self._top])
        queries = max(tokens - self._first, 0)
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


def _padded(received: F32, positions: int) -> F32:
    return np.pad(received, ((0, 0), (0, 0), (0, positions - received.shape[2])))
