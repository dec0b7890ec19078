from __future__ import annotations

import pytest

from app.messages import Failure, FailureKind
from app.presenters.failure import (
    CALCULATOR,
    LOAD_AGAIN,
    QUIT_ANYWAY,
    failure_banner,
    notice_banner,
    unsaved_banner,
)
from gpu.errors import Way


@pytest.mark.parametrize(("kind", "action"), [("closed", "Load again"), ("load", "Try again"), ("other", "")])
def test_a_failure_is_its_sentence_and_what_can_be_done(kind: FailureKind, action: str) -> None:
    banner = failure_banner(Failure(kind, "It broke."))
    assert banner is not None
    assert (banner.sentence, banner.action_label) == ("It broke.", action)
    assert banner.action_key == (LOAD_AGAIN if action else "")


def test_a_cancel_needs_no_words() -> None:
    assert failure_banner(Failure("cancelled", "Cancelled.")) is None


def test_a_notice_is_calm() -> None:
    assert notice_banner("The cache could not be written.").severity == "info"


def test_what_would_fit_is_one_click_each_and_the_calculator_one_more() -> None:
    ways = (Way("8,192 tokens", "W4A8", 8192), Way("8-bit cache", "W4A8+kv8", 32768))
    banner = failure_banner(Failure("load", "Too large.", ways=ways))
    assert banner is not None
    assert (banner.action_label, banner.action_key) == ("Load with 8,192 tokens", "way:0")
    assert [(choice.label, choice.key) for choice in banner.more] == [
        ("Load with 8-bit cache", "way:1"),
        ("Open in the calculator", CALCULATOR),
    ]


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 conversation is not"), (2000, "2,000 conversations are not")]
)
def test_what_quitting_would_lose_is_counted_and_the_safe_way_comes_first(count: int, words: str) -> None:
    banner = unsaved_banner(count)
    assert banner.sentence.startswith(words)
    assert banner.action_label == "Save as a file…"
    assert [choice.key for choice in banner.more] == [QUIT_ANYWAY]
