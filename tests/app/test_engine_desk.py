"""A companion is the open model under another scheme, on a device of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.engine import GpuEngine
from app.engine_desk import Cancel, Desk
from app.engine_session import EngineSession
from app.messages import ModelWish, TaskProgress
from gpu.errors import RequestError
from gpu.scheme import Scheme


@pytest.fixture
def letters() -> list[object]:
    return []


@pytest.fixture
def engine(letters: list[object]) -> Iterator[GpuEngine]:
    result = GpuEngine(letters.append)
    result.open(ModelWish("demo", context_tokens=64), lambda: False)
    yield result
    result.close()


def test_there_is_no_model_before_one_is_open() -> None:
    with pytest.raises(RequestError, match="No model is open"):
        _ = Desk(None, print).opened


def test_a_companion_has_the_other_scheme_and_leaves_the_model_alone(
    engine: GpuEngine, letters: list[object]
) -> None:
    found: list[EngineSession] = []

    def compare(desk: Desk, cancel: Cancel) -> None:
        before = desk.opened.session.gpu.ledger.total_bytes()
        found.extend((desk.companion(Scheme.parse("W8A8"), cancel), desk.opened.session))
        assert desk.opened.session.gpu.ledger.total_bytes() == before

    engine.perform(compare, lambda: False)
    companion, session = found
    assert (str(companion.model.scheme), str(session.model.scheme)) == ("W8A8", "W4A8")
    assert companion.model.context_tokens == session.model.context_tokens
    assert companion.gpu is not session.gpu
    assert any(isinstance(letter, TaskProgress) for letter in letters)


def test_the_companion_stays_until_another_is_asked_for(engine: GpuEngine) -> None:
    found: list[EngineSession] = []

    def ask(desk: Desk, cancel: Cancel) -> None:
        found.extend(desk.companion(Scheme.parse(name), cancel) for name in ("W8A8", "W8A8", "W16A16"))

    engine.perform(ask, lambda: False)
    assert found[0] is found[1]
    assert found[0].gpu.ledger.total_bytes() == 0
    assert found[2].gpu.ledger.total_bytes() > 0
    engine.close()
    assert found[2].gpu.ledger.total_bytes() == 0
