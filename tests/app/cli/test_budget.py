from __future__ import annotations

import pytest

from tests.app.cli.conftest import Quantscope


def test_the_worked_example(quantscope: Quantscope) -> None:
    """8 B parameters at 4 bits in groups of 128; 32 layers, 8 key-value heads of 128, 8,192 tokens in f16."""
    numbers = ("--params", "8B", "--layers", "32", "--kv-heads", "8", "--head-dim", "128")
    budget = quantscope("budget", *numbers, "--scheme", "W4-g128A8", "--context", "8k", "--json").json
    assert budget["weights_bytes"] == 4_000_000_000
    assert budget["scales_bytes"] == 125_000_000
    assert budget["kv_cache_bytes"] == 2**30
    assert budget["kv_bytes_per_token"] == 2**17
    eight = quantscope("budget", *numbers, "--context", "8192", "--batch", "8", "--json").json
    assert eight["kv_cache_bytes"] == 2**33
    assert eight["total_bytes"] == sum(term["bytes"] for term in eight["terms"])


def test_released_shapes_need_no_weights(quantscope: Quantscope) -> None:
    budget = quantscope("budget", "Qwen3-0.6B", "--scheme", "W16A16+kv16", "--context", "32k", "--json").json
    assert budget["kv_bytes_per_token"] == 112 * 1024
    # 596,049,920 parameters, of which the norms are held in float32
    assert budget["weights_bytes"] + budget["other_weights_bytes"] // 2 == 596_049_920 * 2
    assert budget["workspace_bytes"] > 0


def test_every_term_is_printed_with_its_formula(quantscope: Quantscope) -> None:
    printed = quantscope("budget", "qwen3-8b", "--context", "8192").out
    assert "2 · 36 · 8 · 128 · 8192 · 2 B" in printed
    assert "Each token of context takes 144.00 KiB" in printed


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--params", "8B", "--layers", "32"),
        ("qwen3-8b", "--params", "8B"),
        ("qwen3-8b", "--context", "much"),
        ("qwen3-8b", "--context", "0"),
        ("qwen3-8b", "--batch", "-1"),
    ],
)
def test_wrong_usage(quantscope: Quantscope, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        quantscope("budget", *arguments)
    assert stopped.value.code == 2


def test_absurd_figures_are_a_stated_failure(quantscope: Quantscope) -> None:
    assert "between 1 and" in quantscope("budget", "qwen3-8b", "--context", "1000000m").complaint
    assert "no model 'qwen9'" in quantscope("budget", "qwen9").complaint
