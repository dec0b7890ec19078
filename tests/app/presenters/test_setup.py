from __future__ import annotations

from dataclasses import replace

import pytest

from app.messages import Adapters, Loading, ModelWish
from app.presenters.setup import AUTOMATIC, load_frame, setup_frame, title, welcome_frame
from app.settings import Settings
from gpu.scheme import Scheme
from tests.app.fake_engine import ADAPTER, SECOND, facts_for

SETTINGS = Settings(recent_models=("demo", "/models/Qwen3-4B"))
ADAPTERS = Adapters((ADAPTER, SECOND))
FACTS = facts_for(ModelWish("/models/Qwen3-4B", scheme="W8A8"))


def test_models_are_called_by_the_last_part_of_their_path() -> None:
    assert title("demo") == "Demo"
    assert title("/models/Qwen3-4B") == "Qwen3-4B"
    assert title("/models/Qwen3-4B/") == "Qwen3-4B"
    assert title("/") == "/"


def test_the_tool_bar_shows_what_is_open_and_what_was() -> None:
    frame = setup_frame(SETTINGS, ADAPTERS, FACTS, busy=False)
    assert (frame.model_name, frame.scheme) == ("Qwen3-4B", "W8A8")
    assert [(choice.key, choice.label) for choice in frame.recent] == [
        ("demo", "Demo"),
        ("/models/Qwen3-4B", "Qwen3-4B"),
    ]
    assert frame.enabled
    assert not setup_frame(SETTINGS, ADAPTERS, FACTS, busy=True).enabled


def test_every_scheme_on_offer_is_one() -> None:
    for choice in setup_frame(SETTINGS, None, None, busy=False).schemes:
        assert str(Scheme.parse(choice.key)) == choice.key


def test_a_scheme_from_elsewhere_is_on_offer_too() -> None:
    frame = setup_frame(replace(SETTINGS, scheme="W4-g128A8"), None, None, busy=False)
    assert frame.scheme == "W4-g128A8"
    assert frame.schemes[-1].key == "W4-g128A8"


@pytest.mark.parametrize(
    ("wished", "shown"), [(None, AUTOMATIC), (1024, "1024"), (3000, "3000"), (100_000, "5000")]
)
def test_contexts_reach_to_what_the_model_takes(wished: int | None, shown: str) -> None:
    wish = ModelWish("demo", context_tokens=wished)
    facts = facts_for(wish, context_tokens=min(wished or 4096, 5000), longest_context_tokens=5000)
    frame = setup_frame(SETTINGS, None, facts, busy=False)
    sizes = {512, 1024, 2048, 4096, 5000} | ({3000} if wished == 3000 else set())
    assert [choice.key for choice in frame.contexts] == [AUTOMATIC, *map(str, sorted(sizes))]
    assert frame.contexts[0].label == "Auto · 4,096"
    assert frame.context == shown


def test_without_a_model_the_context_is_automatic() -> None:
    frame = setup_frame(replace(SETTINGS, context_tokens=512), None, None, busy=False)
    assert [choice.key for choice in frame.contexts] == [AUTOMATIC]
    assert frame.context == AUTOMATIC


def test_adapters_go_by_name_and_the_automatic_choice_names_the_first() -> None:
    frame = setup_frame(SETTINGS, ADAPTERS, None, busy=False)
    assert [choice.key for choice in frame.adapters] == [AUTOMATIC, ADAPTER.name, SECOND.name]
    assert frame.adapters[0].label == "Auto · Fake 4090"
    assert frame.adapter == AUTOMATIC


def test_two_adapters_of_one_name_go_by_their_place() -> None:
    frame = setup_frame(SETTINGS, Adapters((SECOND, SECOND)), None, busy=False)
    assert [choice.key for choice in frame.adapters] == [AUTOMATIC, "0", "1"]


@pytest.mark.parametrize("adapters", [None, Adapters(())])
def test_without_adapters_only_the_automatic_choice_is_left(adapters: Adapters | None) -> None:
    assert [c.key for c in setup_frame(SETTINGS, adapters, None, busy=False).adapters] == [AUTOMATIC]


def test_the_first_screen_says_what_a_model_would_run_on() -> None:
    assert welcome_frame(SETTINGS, ADAPTERS).adapter == "Fake 4090"
    assert welcome_frame(replace(SETTINGS, adapter="llvmpipe"), ADAPTERS).adapter == "llvmpipe"
    assert welcome_frame(SETTINGS, None).adapter == ""


def test_loading_shows_stage_and_bytes() -> None:
    frame = load_frame("demo", Loading("Quantizing weights", 5, 9))
    assert (frame.model_name, frame.stage, frame.done_bytes, frame.total_bytes) == (
        "Demo",
        "Quantizing weights",
        5,
        9,
    )
