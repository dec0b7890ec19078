"""Every kind of pass is made of its own operations, and anew once they are others."""

from __future__ import annotations

from gpu.device import Gpu
from gpu.kit import Op
from gpu.next_token import NextToken
from gpu.qwen3.linear import Variant

PLAIN, SPLIT = Variant(1, probed=False), Variant(1, probed=False, split=True)
ROWS = [Variant(1, probed=True, ring_row=row) for row in range(3)]


def test_a_pass_is_recorded_ahead_and_made_anew_when_it_changed(gpu: Gpu) -> None:
    asked: list[tuple[Variant, bool]] = []

    def ops(variant: Variant, *, chooses: bool) -> list[Op]:
        asked.append((variant, chooses))
        return []

    def made(variant: Variant, following: Variant, *, chooses: bool = True) -> list[Variant]:
        del asked[:]
        token.run(variant, following, chooses=chooses)
        assert all(each == chooses for _, each in asked)
        return [variant for variant, _ in asked]

    token = NextToken(gpu, ops)
    assert made(PLAIN, PLAIN) == [PLAIN, PLAIN]
    assert made(PLAIN, SPLIT) == [SPLIT]
    assert made(SPLIT, SPLIT) == [SPLIT]
    assert made(ROWS[0], ROWS[1]) == ROWS[:2]
    assert made(ROWS[1], ROWS[2]) == ROWS[2:]
    assert made(SPLIT, SPLIT, chooses=False) == [SPLIT, SPLIT]
    assert made(ROWS[1], ROWS[2]) == ROWS[1:2]
    token.forget()
    assert made(SPLIT, SPLIT) == [SPLIT, SPLIT]
