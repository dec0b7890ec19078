from __future__ import annotations

from pathlib import Path

import pytest

from app.truth import Pair, TruthFile
from gpu.roofline import Rates
from tests.app.cli.conftest import Quantscope
from tests.gpu.checkpoints.gguf_files import TENSORS, gguf


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


def test_json_has_every_documented_key(quantscope: Quantscope) -> None:
    budget = quantscope("budget", "qwen3-30b-a3b", "--context", "32k", "--card", "RTX 4090", "--json").json
    documented = {
        *("weights_bytes", "scales_bytes", "other_weights_bytes", "kv_cache_bytes", "kv_bytes_per_token"),
        *("workspace_bytes", "total_bytes", "fits", "max_context_tokens", "decode_floor_ms"),
        "prefill_floor_ms_per_token",
    }
    assert documented < set(budget)
    assert all(budget[key] is not None for key in documented)
    assert budget["refusal"] is None
    parts = ("weights_bytes", "scales_bytes", "other_weights_bytes", "kv_cache_bytes", "workspace_bytes")
    assert sum(budget[part] for part in parts) == budget["total_bytes"]


def test_chats_adapters_and_the_display_are_counted(quantscope: Quantscope) -> None:
    plain = quantscope("budget", "qwen3-0.6b", "--json").json
    more = quantscope(
        "budget", "qwen3-0.6b", "--chats", "3", "--lora-rank", "8", "--display", "1 GB", "--json"
    ).json
    assert more["kv_cache_bytes"] == 3 * plain["kv_cache_bytes"]
    by_purpose = {term["purpose"] for term in more["terms"]}
    assert {"adapters", "display"} <= by_purpose
    assert sum(term["bytes"] for term in more["terms"] if term["purpose"] == "display") == 10**9


def test_the_default_context_is_the_models_own_where_that_is_short(quantscope: Quantscope) -> None:
    budget = quantscope("budget", "demo", "--json").json
    assert (budget["context_tokens"], budget["refusal"]) == (2048, None)


def test_every_preset_under_every_scheme(quantscope: Quantscope) -> None:
    rows = quantscope("budget", "--table", "--card", "RTX 4090", "--json").json["rows"]
    assert len(rows) == 8 * len({row["scheme"] for row in rows})
    found = {(row["model"], row["scheme"]): row["max_context_tokens"] for row in rows}
    assert found["qwen3-8b", "W4A8"] == 40_960
    assert found["qwen3-32b", "W16A16"] == 0
    printed = quantscope("budget", "--table", "--context", "8k").out
    assert all(name in printed for name in ("qwen3-0.6b", "qwen3-235b-a22b", "W4A8+kv8", "8,192 tokens"))


def test_a_file_is_reckoned_from_its_header(quantscope: Quantscope, tmp_path: Path) -> None:
    file = tmp_path / "q.gguf"
    file.write_bytes(gguf({"general.architecture": "llama"}, TENSORS))
    budget = quantscope("budget", file, "--scheme", "W16A16+kv16", "--json").json
    assert budget["kv_bytes_per_token"] == 2 * 2 * 64 * 2
    assert any("not known" in note for note in budget["notes"])
    file.write_bytes(b"GGUF")
    assert "truncated" in quantscope("budget", file).complaint


def test_an_adapter_is_measured_once_and_remembered(
    quantscope: Quantscope, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = Rates(1e9, 2e9, source="measured", is_measured=True)
    monkeypatch.setattr("app.cli.budget.measure_rates", lambda _gpu, _progress: rates)
    measured = quantscope("budget", "demo", "--measure", "--json").json
    assert measured["decode_floor_ms"] > 0
    assert measured["fits"]
    again = quantscope("budget", "demo", "--adapter", "0", "--json").json
    assert again["decode_floor_ms"] == measured["decode_floor_ms"]
    assert again["rates_source"].startswith("measured on")


def test_what_the_driver_took_in_earlier_loads_is_counted_and_labelled(quantscope: Quantscope) -> None:
    adapter = quantscope("info", "--json").json["adapters"][0]
    name, driver = adapter["name"], adapter["driver"]
    for reported in (1000, 1300, 1200):
        TruthFile().append(Pair("", "demo", "W4A8", 64, name, driver, 900, 900, reported, "test"))
    counted = quantscope("budget", "demo", "--adapter", "0", "--json").json
    (term,) = [term for term in counted["terms"] if term["purpose"] == "driver"]
    assert (term["bytes"], term["label"]) == (300, "measured")
    planned = quantscope("budget", "demo", "--json").json
    assert counted["total_bytes"] >= planned["total_bytes"]
    assert not [term for term in planned["terms"] if term["purpose"] == "driver"]
