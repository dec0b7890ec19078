from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from app import benchmark
from app.cli import bench
from gpu.device import Gpu
from gpu.model import Model
from gpu.roofline import Rates
from tests.app.cli.conftest import Quantscope

FEW = ("--prompt-tokens", "20", "--new-tokens", "3")


@pytest.fixture(autouse=True)
def rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring the adapter takes seconds; of the two times, each peak has its better one."""
    found = itertools.cycle((Rates(1e9, 3e9, source="made up"), Rates(0.8e9, 4e9, source="made up")))
    monkeypatch.setattr(bench, "measure_rates", lambda _: next(found))


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
    assert document["probes_overhead"] > -1


def test_a_prompt_of_exactly_that_many_tokens_is_read(
    quantscope: Quantscope, talker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[int] = []
    monkeypatch.setattr(
        benchmark, "prefill_s", lambda _, prompt, probed=False: fed.append(len(prompt)) or 2.0 + 0.2 * probed
    )
    monkeypatch.setattr(benchmark, "decode_s", lambda *_, probed=False: 0.5 + 0.1 * probed)
    monkeypatch.setattr(Model, "rewind", lambda *_: None)
    document = quantscope("bench", talker, *FEW, "--probes", "--json").json
    # a warm-up first; then once more for the probes, a warm-up of theirs, and three turns with and without
    assert fed == [20] * 10
    assert document["prefill_tokens_per_s"] == 10
    assert document["decode_tokens_per_s"] == 6
    assert document["probes_overhead"] == pytest.approx(0.2)
    assert document["capture_overhead"] == pytest.approx(0.1)
    # keys and values of the layers at the answer's middle: 20 prompt tokens and 1, in 2 layers, 2 heads of 16
    cache = 21 * 2 * 2 * 2 * 16 * 2
    read = (document["weight_bytes_per_token"] + cache) * 6
    assert document["decode_bytes_per_s"] == pytest.approx(read)
    assert document["decode_share_of_peak"] == pytest.approx(read / 1e9)
    operations = 2 * 2 * (64 * (64 + 32 + 32) + 64 * 64 + 3 * 64 * 96) * 10
    assert document["prefill_operations_per_s"] == pytest.approx(operations)
    assert document["prefill_share_of_peak"] == pytest.approx(operations / 4e9)


def test_kernels_are_timed_on_the_device(quantscope: Quantscope, talker: Path) -> None:
    document = quantscope("bench", talker, *FEW, "--kernels", "--json").json
    assert sum(kernel["calls"] for kernel in document["kernels"]) == document["dispatches_per_token"]
    assert {kernel["matrix"] for kernel in document["kernels"]} >= {
        "qkv",
        "o",
        "gate_up",
        "down",
        "embedding",
    }
    printed = quantscope("bench", talker, *FEW, "--kernels").out.splitlines()
    assert any(line.split()[:4] == ["kernel", "matrix", "calls", "ms"] for line in printed)
    assert printed[-1].split()[:2] == ["all", str(document["dispatches_per_token"])]


def test_an_adapter_without_timestamps_says_so(
    quantscope: Quantscope, talker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has = Gpu.has
    monkeypatch.setattr(Gpu, "has", lambda gpu, what: what != "timestamp-query" and has(gpu, what))
    assert "no timestamp queries" in quantscope("bench", talker, *FEW, "--kernels").complaint


def test_what_got_slower_is_said_and_the_best_is_kept(
    quantscope: Quantscope, talker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = {"prefill": 2.0, "decode": 0.5}
    monkeypatch.setattr(benchmark, "prefill_s", lambda *_, **__: seconds["prefill"])
    monkeypatch.setattr(benchmark, "decode_s", lambda *_, **__: seconds["decode"])
    history = ("--regression", tmp_path / "history.json", "--tolerance", "5")
    assert quantscope("bench", talker, *FEW, *history).status == 0
    seconds |= {"prefill": 1.0, "decode": 0.52}  # within 5 %
    assert quantscope("bench", talker, *FEW, *history).status == 0
    seconds |= {"prefill": 1.5, "decode": 0.6}
    result = quantscope("bench", talker, *FEW, *history)
    assert result.status == 1
    assert "adapter" in result.out  # the figures come first
    assert "prefill of 20 20 → 13.33 tokens/s (-33%)" in result.err
    assert "decode after 20 6 → 5 tokens/s (-17%)" in result.err
    seconds["decode"] = 0.5
    assert "decode" not in quantscope("bench", talker, *FEW, *history).err


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
    "arguments",
    [
        (),
        ("demo", "--synthetic", "qwen3-0.6b"),
        ("demo", "--new-tokens", "0"),
        ("demo", "--tolerance", "100"),
    ],
)
def test_wrong_usage(quantscope: Quantscope, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        quantscope("bench", *arguments)
    assert stopped.value.code == 2
