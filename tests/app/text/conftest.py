from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.text import TextCodec
from tests.golden.text import DIRECTORIES


@pytest.fixture(scope="session")
def codec() -> Iterator[Callable[[str], TextCodec]]:
    """Codecs by golden name, each loaded once."""
    codecs: dict[str, TextCodec] = {}

    def load(name: str) -> TextCodec:
        if name not in codecs:
            codecs[name] = TextCodec.load(DIRECTORIES[name])
        return codecs[name]

    yield load
    for loaded in codecs.values():
        loaded.close()


@pytest.fixture(scope="session")
def small(codec: Callable[[str], TextCodec]) -> TextCodec:
    return codec("small")
