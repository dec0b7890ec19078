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
def engine(letters: list[object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[GpuEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        result = GpuEngine(letters.append)
        result.open(ModelWish("demo", context_tokens=160), lambda: False)
        yield result
        result.close()


@pytest.fixture(autouse=True)
def nothing_posted_yet(letters: list[object]) -> None:
    letters.clear()
