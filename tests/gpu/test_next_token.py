"""Every kind of pass is made of its own operations, and anew once they are others."""

from __future__ import annotations

from gpu.device import Gpu
from gpu.kit import Op
from gpu.next_token import NextToken


def test_a_pass_is_recorded_ahead_and_made_anew_when_it_changed(gpu: Gpu) -> None:
    asked: list[tuple[bool, bool, bool]] = []

    def ops(*, probed: bool, chooses: bool, split: bool) -> list[Op]:
        asked.append((probed, chooses, split))
        return []

    following = NextToken(gpu, ops)
    following.run(probed=False, chooses=True, split=False)
    assert asked == [(False, True, False)] * 2
    following.run(probed=False, chooses=True, split=False)
    assert asked == [(False, True, False)] * 3
    following.run(probed=True, chooses=True, split=False)
    assert asked[3:] == [(True, True, False)] * 2
    following.run(probed=False, chooses=True, split=True)
    assert asked[5:] == [(False, True, True)] * 2
    following.forget()
    following.run(probed=False, chooses=True, split=False)
    assert asked[7:] == [(False, True, False)] * 2
