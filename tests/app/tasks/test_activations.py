"""The probes hold one token's activations and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from app.context import fit_prompt
from app.engine import GpuEngine
from app.engine_desk import Desk
from app.tasks.activations import TokenRead, TokenWish, read_token
from app.token_trace import TokenTrace
from gpu.errors import Cancelled
from gpu.events import ChannelStats
from tests.app.tasks.answers import QUESTION, answered

SITE = "layers.1.mlp.gate_up_proj"


@pytest.fixture(scope="module")
def trace(engine: GpuEngine, letters: list[object]) -> TokenTrace:
    return answered(engine, letters)


def read(engine: GpuEngine, letters: list[object], trace: TokenTrace, index: int) -> ChannelStats:
    wish = TokenWish(QUESTION, trace.token_ids(), index, f"token {index}")
    engine.perform(lambda desk, cancel: read_token(desk, cancel, wish), lambda: False)
    engine.read(1, SITE)
    stats = letters[-1]
    assert isinstance(stats, ChannelStats)
    return stats


def alone(engine: GpuEngine, trace: TokenTrace, index: int) -> np.ndarray:
    """The same from scratch: the newest token's values after all before it were probed too."""
    found: list[np.ndarray] = []

    def task(desk: Desk, _cancel: object) -> None:
        model = desk.opened.session.model
        ids = [*fit_prompt(desk.opened.files.codec, QUESTION, 160).ids, *trace.token_ids()[: index + 1]]
        model.rewind(0)
        model.probes.reset()
        for token in ids:
            for _ in model.feed((token,), probed=True):
                pass
        found.append(model.probes.read(SITE).newest)

    engine.perform(task, lambda: False)
    return np.abs(found[0])


def test_they_hold_that_token_alone(engine: GpuEngine, letters: list[object], trace: TokenTrace) -> None:
    found = {index: read(engine, letters, trace, index) for index in (9, 4)}
    for index, stats in found.items():
        assert stats.tokens == 1
        np.testing.assert_array_equal(stats.absmax, np.abs(stats.newest))
        np.testing.assert_allclose(stats.absmax, alone(engine, trace, index), rtol=0.05, atol=0.05)
    assert not np.allclose(found[9].absmax, found[4].absmax, rtol=0.05)


def test_it_says_which_token_it_is(engine: GpuEngine, letters: list[object], trace: TokenTrace) -> None:
    read(engine, letters, trace, 4)
    (said,) = [letter for letter in letters if isinstance(letter, TokenRead)]
    assert said.label == "token 4"
    assert said.position > 4


def test_it_gives_what_every_site_held(engine: GpuEngine, letters: list[object], trace: TokenTrace) -> None:
    stats = read(engine, letters, trace, 4)
    (said,) = [letter for letter in letters if isinstance(letter, TokenRead)]
    assert said.capture.token_ids == trace.token_ids()[4:5]
    assert set(said.capture.values) == set(said.capture.sites) == set(engine._open.session.model.sites)
    np.testing.assert_array_equal(said.capture.sites[SITE].absmax, stats.absmax)
    np.testing.assert_array_equal(said.capture.values[SITE], stats.newest[None])
    assert not said.capture.sites[SITE].peak.any()  # the only token is its first


def test_a_cancel_leaves_the_probes_empty(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    wish = TokenWish(QUESTION, trace.token_ids(), 4, "")
    with pytest.raises(Cancelled):
        engine.perform(lambda desk, cancel: read_token(desk, cancel, wish), lambda: True)
    engine.read(1, SITE)
    stats = letters[-1]
    assert isinstance(stats, ChannelStats)
    assert stats.tokens == 0


def test_the_conversation_goes_on_as_if_nothing_had_been_read(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    read(engine, letters, trace, 4)
    letters.clear()
    assert answered(engine, letters).token_ids() == trace.token_ids()
