"""What stays is spared full collections, and what a model leaves behind is not kept for ever."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.collector import Collector


class Knot:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    gc.unfreeze()
    yield Collector()
    gc.unfreeze()


def tie() -> weakref.ref[Knot]:
    return weakref.ref(Knot())


def test_a_model_is_set_aside_once_it_is_loaded(collector: Collector) -> None:
    before = gc.get_freeze_count()
    collector.set_loading(True)
    model = [Knot() for _ in range(100)]
    collector.set_loading(False)
    assert gc.get_freeze_count() >= before + len(model)


def test_the_window_stays_aside_while_the_first_model_is_loaded(collector: Collector) -> None:
    collector.set_loading(True)
    assert gc.get_freeze_count() > 1000


def test_what_the_last_model_left_is_collected_while_the_next_one_is_loaded(collector: Collector) -> None:
    collector.set_loading(True)
    left = tie()
    collector.set_loading(False)
    gc.collect()
    assert left() is not None
    collector.set_loading(True)
    gc.collect()
    assert left() is None
