"""What is guessed, and what is expected of it, against plain statements of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.prompt_lookup import Chances, PromptLookup

few_ids = st.lists(st.integers(0, 2), max_size=30)


def longest_match(ids: list[int]) -> tuple[int, int]:
    """Its length, and the newest place after it; (0, 0) where there is none."""
    for length in range(len(ids) - 1, 0, -1):
        for after in range(len(ids) - 1, length - 1, -1):
            if ids[after - length : after] == ids[-length:]:
                return length, after
    return 0, 0


@given(few_ids, few_ids)
def test_a_guess_is_what_followed_the_newest_of_the_longest_matches(
    prompt: list[int], answer: list[int]
) -> None:
    lookup = PromptLookup(prompt, 60)
    for at, token in enumerate([*answer, 0]):
        ids = [*prompt, *answer[:at]]
        length, after = longest_match(ids)
        assert lookup.matched == length
        guessed = list(lookup.guess(7))
        assert guessed == [(ids[after:] * 7)[i] for i in range(7) if length]
        assert lookup.guess(0) == ()
        lookup.extend(token)


def test_a_long_match_goes_on_being_followed() -> None:
    ids = list(range(500))
    lookup = PromptLookup([*ids, *ids[:400]], 1500)
    assert lookup.guess(3) == (400, 401, 402)
    lookup.extend(400)
    assert lookup.guess(3) == (401, 402, 403)
    lookup.extend(3)
    assert (lookup.matched, lookup.guess(3)) == (1, (4, 5, 6))


def test_expected_tokens_are_those_of_chances_multiplied() -> None:
    chances = Chances()
    none, one, two, three = chances.expected_tokens(1, 3)
    first, second, third = one - none, (two - one) / (one - none), (three - two) / (two - one)
    assert none == 1
    assert 0 < first < second
    assert second == pytest.approx(third)  # after matches of 2 and of 3, which are one kind
    assert chances.expected_tokens(1, 0) == [1]


def test_chances_become_what_was_seen_of_their_kind() -> None:
    chances = Chances()
    before = chances.expected_tokens(40, 1)
    for i in range(600):
        chances.saw(2 + i % 2, right=i % 4 != 0)
    assert chances.expected_tokens(3, 1)[1] == pytest.approx(1.75, abs=0.05)
    assert chances.expected_tokens(40, 1) == before
    for _ in range(600):
        chances.saw(1000, right=False)
    assert chances.expected_tokens(40, 1)[1] == pytest.approx(1.0, abs=0.001)
