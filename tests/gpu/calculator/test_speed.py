from __future__ import annotations

import pytest

from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.speed import Choice, roofline
from gpu.roofline import Rates
from gpu.scheme import Scheme
from tests.gpu.released import subject_of

RTX_4090 = Rates(1008e9, 660.6e12)
WISH = CalculatorInputs(subject_of("qwen3-8b"), Scheme.parse("W4A8"), 8192)


def choices(wish: CalculatorInputs, rates: Rates = RTX_4090) -> dict[str, Choice]:
    return {choice.name: choice for choice in roofline(wish, rates).choices}


def test_the_two_questions() -> None:
    """Decode waits for bytes and prefill for arithmetic: on this card from 655 operations a byte on."""
    found = roofline(WISH, RTX_4090)
    assert (found.decode.by, found.prefill.by) == ("bytes", "arithmetic")
    assert found.ridge == pytest.approx(655, abs=1)
    assert found.decode.intensity < found.ridge < found.prefill.intensity
    assert found.decode.floor_ms == pytest.approx((4.26e9 + 144 * 1024 * 8192) / 1008e6, rel=0.01)
    assert found.prefill.floor_ms == pytest.approx(13.9e9 / 660.6e9, rel=0.01)
    assert found.decode_tokens_per_s == pytest.approx(1000 / found.decode.floor_ms)


def test_what_moves_fewer_bytes_speeds_up_decoding_only() -> None:
    found = choices(WISH)
    assert found["8-bit weights"].decode_ratio == pytest.approx(
        (2 * 4.26 - 0.47 + 1.208) / (4.26 + 1.208), rel=0.02
    )
    assert found["8-bit weights"].prefill_ratio == pytest.approx(1)
    assert found["8-bit cache"].decode_ratio < 1
    assert found["half the context"].decode_ratio < 1
    assert found["groups of 128"].decode_ratio < 1


def test_16_bit_activations_cannot_be_compared_by_an_integer_peak() -> None:
    sixteen = choices(WISH)["16-bit weights"]
    assert sixteen.decode_ratio is None
    assert sixteen.decode.floor_ms is not None


def test_a_choice_that_is_made_is_none() -> None:
    wish = CalculatorInputs(WISH.subject, Scheme.parse("W4-g128A8+kv4"), 1)
    assert set(choices(wish)) == {"16-bit weights", "8-bit weights", "twice the batch"}


def test_twice_the_batch_costs_less_than_twice() -> None:
    assert 1 < choices(WISH)["twice the batch"].decode_ratio < 2


def test_without_rates_nothing_is_claimed() -> None:
    found = roofline(WISH, Rates())
    assert found.ridge is found.decode_tokens_per_s is found.decode.floor_ms is None
    assert all(choice.decode_ratio is None for choice in found.choices)
