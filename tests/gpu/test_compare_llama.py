"""The comparison with llama.cpp: turns, medians and ratios; the engines are made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.gpu.compare_llama import Engine, compare


def engine(name: str, prompt_s: Sequence[float], answer_s: Sequence[float], log: list[str]) -> Engine:
    prompts, answers = iter((9.0, *prompt_s)), iter((9.0, *answer_s))

    def take(times: Iterator[float], what: str) -> float:
        log.append(f"{name} {what}")
        return next(times)

    return Engine(
        name, lambda ids: take(prompts, f"reads {len(ids)}"), lambda n: take(answers, f"answers {n}")
    )


def test_engines_take_turns_and_the_median_counts() -> None:
    log: list[str] = []
    ours = engine("ours", [1.0, 100.0, 2.0], [4.0, 4.0, 0.1], log)
    theirs = engine("theirs", [1.0, 1.0, 1.0], [1.0, 2.0, 3.0], log)
    found = compare([ours, theirs], range(20), 8, rounds=3)
    assert found["ours"] == {"prefill_tokens_per_s": 10, "decode_tokens_per_s": 2}
    assert found["theirs"] == {"prefill_tokens_per_s": 20, "decode_tokens_per_s": 4}
    assert found["ratios"] == {"theirs": {"prefill": pytest.approx(0.5), "decode": pytest.approx(0.5)}}
    turn = ["ours reads 20", "ours answers 8", "theirs reads 20", "theirs answers 8"]
    assert log == [line.replace("answers 8", "answers 1") for line in turn] + 3 * turn
