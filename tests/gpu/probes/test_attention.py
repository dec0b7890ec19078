from __future__ import annotations

import numpy as np
import pytest

from gpu.probes.attention_share import AttentionMass, combined


def mass(queries: int, positions: int, share: float) -> AttentionMass:
    """Two layers of two heads, of which (1, 0) spends `share` on the first two tokens, the others none."""
    received = np.zeros((2, 2, positions), np.float32)
    received[1, 0, :2] = share * queries / 2
    received[1, 0, 2:] = (1 - share) * queries / (positions - 2)
    return AttentionMass(2, queries, received, np.full((2, 2), share, np.float32))


def test_shares_and_the_heads_that_sink() -> None:
    found = mass(10, 12, 0.75)
    np.testing.assert_allclose(found.share, [[0, 0], [0.75, 0]], rtol=1e-6)
    ((layer, head, share),) = found.sinking_heads()
    assert (layer, head) == (1, 0)
    assert share == pytest.approx(0.75)
    assert found.sinking_heads(0.8) == []
    np.testing.assert_allclose(found.by_position[:2], 0.75 / 8, rtol=1e-6)
    assert found.top_mass == pytest.approx(0.75)


def test_texts_of_unequal_length_count_by_their_queries() -> None:
    both = combined(mass(30, 32, 0.9), mass(10, 12, 0.1))
    assert both.queries == 40
    assert both.received.shape == (2, 2, 32)
    np.testing.assert_allclose(both.share[1, 0], (30 * 0.9 + 10 * 0.1) / 40, rtol=1e-6)
    np.testing.assert_allclose(both.top, 0.7, rtol=1e-6)


def test_a_text_of_first_tokens_alone_has_no_shares() -> None:
    alone = AttentionMass(4, 0, np.zeros((1, 1, 3), np.float32), np.zeros((1, 1), np.float32))
    assert not alone.share.any()
    assert not alone.by_position.any()
    np.testing.assert_allclose(combined(alone, alone).top, 0)
