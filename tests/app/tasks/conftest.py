"""An engine with the demo open, and what it posts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.engine import GpuEngine
from app.messages import ModelWish


@pytest.fixture(scope="module")
def letters() -> list[object]:
    return []


@pytest.fixture(scope="module")
def engine(letters: list[object]) -> Iterator[GpuEngine]:
    result = GpuEngine(letters.append)
    result.open(ModelWish("demo", context_tokens=160), lambda: False)
    yield result
    result.close()


@pytest.fixture(autouse=True)
def nothing_posted_yet(letters: list[object]) -> None:
    letters.clear()
