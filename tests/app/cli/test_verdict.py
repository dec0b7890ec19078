"""Cards and amounts of memory held against a budget, through the command."""

from __future__ import annotations

import pytest

from tests.app.cli.conftest import Quantscope


def test_a_card_of_the_catalogue(quantscope: Quantscope) -> None:
    found = quantscope("budget", "qwen3-8b", "--context", "8k", "--card", "RTX 4090", "--json").json
    assert found["fits"]
    assert found["available_bytes"] == 24 * 2**30
    assert found["suggestion"] is None
    # At least the weights and the cache at 1,008 GB/s
    read = found["weights_bytes"] + found["kv_cache_bytes"]
    assert found["decode_floor_ms"] == pytest.approx(read / 1008e9 * 1000, rel=0.25)


def test_the_largest_context_is_the_last_that_fits(quantscope: Quantscope) -> None:
    asked = ("budget", "qwen3-8b", "--memory", "6GiB", "--json", "--context")
    longest = quantscope(*asked, "8k").json["max_context_tokens"]
    assert quantscope(*asked, str(longest)).json["fits"]
    assert not quantscope(*asked, str(longest + 1)).json["fits"]


def test_what_would_fit_instead(quantscope: Quantscope) -> None:
    printed = quantscope("budget", "qwen3-8b", "--scheme", "W16A16", "--memory", "8GiB").out
    assert "Does not fit memory (8.00 GiB), " in printed
    assert "GiB are missing: W4A8 with a context of 4,096 tokens would fit." in printed


def test_without_a_place_there_is_no_verdict(quantscope: Quantscope) -> None:
    found = quantscope("budget", "qwen3-8b", "--json").json
    for key in ("fits", "max_context_tokens", "decode_floor_ms", "prefill_floor_ms_per_token"):
        assert found[key] is None


def test_unknown_cards_and_amounts(quantscope: Quantscope) -> None:
    assert (
        "No card in the catalogue is called 'abacus'"
        in quantscope("budget", "qwen3-8b", "--card", "abacus").complaint
    )
    with pytest.raises(SystemExit):
        quantscope("budget", "qwen3-8b", "--memory", "much")
