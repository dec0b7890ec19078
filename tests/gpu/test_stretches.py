"""All layers of a pass run once, in order, and a cancel is heeded between stretches of them."""

from __future__ import annotations

from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest

from gpu.errors import Cancelled
from gpu.stretches import Stretches

LAYERS: Any = [[f"{layer}{op}" for op in "ab"] for layer in range(7)]


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was submitted; each layer takes 1/64 s of a clock that nothing else moves."""
    found: list[list[str]] = []
    monkeypatch.setattr("gpu.stretches.record", lambda _gpu, ops, _tokens: found.append(ops))
    clock = SimpleNamespace(perf_counter=lambda: sum(map(len, found)) / 128)
    monkeypatch.setattr("gpu.stretches.time", clock)
    return found


@pytest.fixture
def stretches() -> Stretches:
    gpu: Any = SimpleNamespace(submit=lambda _commands: None, read=lambda _buffer, _size: b"")
    return Stretches(gpu, held=None)


def test_stretches_take_as_long_as_a_cancel_may_wait(
    stretches: Stretches, submitted: list[list[str]]
) -> None:
    stretches.run(LAYERS, 3, lambda: False)
    assert [*chain(*submitted)] == [*chain(*LAYERS)]
    assert [len(ops) // 2 for ops in submitted] == [1, 6]
    stretches.run(LAYERS, 3, lambda: False)
    assert [len(ops) // 2 for ops in submitted[2:]] == [6, 1]


def test_no_stretch_begins_after_a_cancel(stretches: Stretches, submitted: list[list[str]]) -> None:
    with pytest.raises(Cancelled):
        stretches.run(LAYERS, 3, lambda: len(submitted) == 1)
    assert len(submitted) == 1
