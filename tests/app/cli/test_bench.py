from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import bench
from tests.app.cli.conftest import Quantscope

FEW = ("--prompt-tokens", "20", "--new-tokens", "3")


def test_a_model_is_measured(quantscope: Quantscope, talker: Path) -> None:
    document = quantscope("bench", talker, *FEW, "--probes", "--json").json
    assert document["scheme"] == "W4A8"
    assert document["adapter"]
    for key in ("prefill_tokens_per_s", "decode_tokens_per_s", "load_s", "dispatches_per_token"):
        assert document[key] > 0, key
    # 4.5 bits for each of the matrices' values, 4 bytes for each of the norms'
    values = 640 * 64 + 2 * (64 * (64 + 32 + 32) + 64 * 64 + 3 * 64 * 96)
    norms = 64 + 2 * (2 * 64 + 2 * 16)
    assert document["weight_bytes_per_token"] == values * 4.5 / 8 + norms * 4
    assert sum(document["memory_bytes"].values()) == document["total_bytes"]
    assert -1 < document["probes_overhead"] < 100


def test_a_prompt_of_exactly_that_many_tokens_is_read(
    quantscope: Quantscope, talker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[int] = []
    monkeypatch.setattr(
        bench, "_prefill_s", lambda _, prompt, probed=False: fed.append(len(prompt)) or 2.0 + 0.2 * probed
    )
    monkeypatch.setattr(bench, "_decode_s", lambda *_, probed: 0.5 + 0.1 * probed)
    monkeypatch.setattr(bench.Model, "rewind", lambda *_: None)
    document = quantscope("bench", talker, *FEW, "--probes", "--json").json
    assert fed == [20] * 9  # a warm-up first; three turns without probes and with them, and another warm-up
    assert document["prefill_tokens_per_s"] == 10
    assert document["decode_tokens_per_s"] == 6
    assert document["probes_overhead"] == pytest.approx(0.2)
    assert document["capture_overhead"] == pytest.approx(0.1)


def test_decoding_is_measured_along_the_context(quantscope: Quantscope, talker: Path) -> None:
    document = quantscope("bench", talker, *FEW, "--contexts", "60", "20", "20", "--json").json
    assert [point["context_tokens"] for point in document["decode_by_context"]] == [20, 60]
    assert all(point["decode_tokens_per_s"] > 0 for point in document["decode_by_context"])
    assert document["decode_cpu_ms_per_token"] > 0
    assert "after 20" in quantscope("bench", talker, *FEW, "--contexts", "20").out


def test_random_weights_of_a_shape(quantscope: Quantscope, talker: Path) -> None:
    printed = quantscope("bench", "--synthetic", talker, *FEW)
    assert printed.status == 0
    assert "decode" in printed.out
    assert "probes" not in printed.out


def test_an_unknown_shape(quantscope: Quantscope) -> None:
    assert "no model 'qwen3-7b'" in quantscope("bench", "--synthetic", "qwen3-7b").complaint


@pytest.mark.parametrize(
    "arguments", [(), ("demo", "--synthetic", "qwen3-0.6b"), ("demo", "--new-tokens", "0")]
)
def test_wrong_usage(quantscope: Quantscope, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        quantscope("bench", *arguments)
    assert stopped.value.code == 2
