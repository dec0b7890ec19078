from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.messages import MemoryUse, ModelWish
from app.presenters.memory import memory_frame
from gpu.ledger import PURPOSES
from gpu.units import size_text
from tests.app.fake_engine import ADAPTER, GIB, SECOND, facts_for
from views.memory import size_text as view_text

SIZES = (("weights", 3 * GIB), ("scales", GIB), ("norms", 0), ("kv_cache", 4 * GIB))
FACTS = facts_for(ModelWish("demo"))


def test_every_byte_of_the_ledger_is_on_show() -> None:
    frame = memory_frame(MemoryUse(SIZES, ADAPTER), FACTS)
    assert [(e.purpose, e.size_bytes) for e in frame.entries] == [(p, n) for p, n in SIZES if n]
    assert frame.total_bytes == 24 * GIB
    assert frame.total_source == "NVML"
    assert frame.adapter == "Fake 4090"


def test_the_headline_says_what_weights_and_cache_take() -> None:
    headline = memory_frame(MemoryUse(SIZES, ADAPTER), FACTS).headline
    assert headline == "W4A8: weights with their scales take 50%, the cache for 64 tokens 50%."


def test_each_purpose_of_the_ledger_has_a_name_and_an_explanation() -> None:
    use = MemoryUse(tuple((purpose, 1) for purpose in PURPOSES), SECOND)
    frame = memory_frame(use, FACTS)
    assert len({e.label for e in frame.entries}) == len(PURPOSES)
    assert all(e.tooltip for e in frame.entries)
    assert frame.total_bytes is None


def test_a_purpose_added_to_the_ledger_later_is_shown_too() -> None:
    (entry,) = memory_frame(MemoryUse((("draft_model", 5),), ADAPTER), FACTS).entries
    assert entry.label == "Draft model"


def test_nothing_is_held_before_a_model_is_open() -> None:
    assert memory_frame(None, None).entries == ()
    assert memory_frame(MemoryUse((), ADAPTER), None).headline == ""


@given(st.integers(0, 2**43))
def test_the_panel_writes_sizes_as_the_calculator_does(size_bytes: int) -> None:
    assert view_text(size_bytes) == size_text(size_bytes)
