"""Where attention goes, layer by layer and head by head, and which heads sink it into the first tokens.

A head that has nothing to add still has to spend a mass of one: it parks it on a token that says little,
mostly the first (Xiao et al. 2023, arXiv 2309.17453), which massive activations mark (Sun et al. 2024,
arXiv 2402.17762).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

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


def _padded(received: F32, positions: int) -> F32:
    return np.pad(received, ((0, 0), (0, 0), (0, positions - received.shape[2])))
