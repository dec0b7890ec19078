"""What typed words mean, and the sentence beside the field where they mean nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.calculator.reading import Surroundings, read_numbers, read_wishes
from app.calculator.wishes import OWN_CARD, Wishes
from tests.app.calculator.cases import GIB, SMALL, asked

AROUND = Surroundings(driver_bytes=7)


def test_fields_become_a_question() -> None:
    wishes = Wishes(context="32k", batch="2", chats="3", lora="16", others="1 GiB", display="on", kv_bits="8")
    inputs = read_wishes(wishes, SMALL, AROUND).inputs
    assert inputs is not None
    assert (inputs.context_tokens, inputs.batch, inputs.chats) == (32_768, 2, 3)
    assert (str(inputs.scheme), inputs.driver_bytes) == ("W4A8+kv8", 7)
    assert (inputs.other_programs_bytes, inputs.display_bytes) == (GIB, 600 * 2**20)
    assert inputs.lora is not None
    assert inputs.lora.rank == 16


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("context", "much"),
        ("context", "0"),
        ("context", "-1"),
        ("context", "9" * 30),
        ("context", ""),
        ("batch", "0"),
        ("chats", "1.5"),
        ("lora", "x"),
        ("lora", "0"),
        ("others", "24 XB"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(key: str, text: str) -> None:
    reading = read_wishes(Wishes().with_value(key, text), SMALL, AROUND)
    assert reading.inputs is None
    assert list(reading.errors) == [key]
    assert reading.errors[key].endswith(".")


@pytest.mark.parametrize(
    ("text", "size"), [("24 GB", 24 * 10**9), ("24GiB", 24 * GIB), ("0.5 GiB", GIB // 2)]
)
def test_an_amount_says_its_unit(text: str, size: int) -> None:
    reading = read_wishes(Wishes(card=OWN_CARD, memory=text), SMALL, AROUND)
    assert reading.own_card_bytes == size


@pytest.mark.parametrize("text", ["", "0", "a lot"])
def test_an_own_card_needs_an_amount(text: str) -> None:
    reading = read_wishes(Wishes(card=OWN_CARD, memory=text), SMALL, AROUND)
    assert list(reading.errors) == ["memory"]


def test_sixteen_bits_have_no_groups() -> None:
    inputs = read_wishes(Wishes(weight_bits="16", group="128", activation_bits="16"), SMALL, AROUND).inputs
    assert inputs is not None
    assert inputs.scheme.weight_bits == 16


def test_bare_numbers_are_a_model_and_the_worked_example() -> None:
    wishes = Wishes(source="numbers", group="128", context="8k", batch="8")
    subject, errors = read_numbers(wishes)
    assert errors == {}
    reading = read_wishes(wishes, subject, Surroundings())
    assert reading.inputs is not None
    assert reading.inputs.subject.shape.parameters == 8 * 10**9


@pytest.mark.parametrize(
    ("key", "text"), [("params", "8X"), ("layers", "0"), ("kv_heads", ""), ("head_dim", "9e9")]
)
def test_a_number_that_is_none_is_said_beside_it(key: str, text: str) -> None:
    subject, errors = read_numbers(Wishes().with_value(key, text))
    assert subject is None
    assert list(errors) == [key]


def test_without_a_model_there_is_no_question() -> None:
    assert read_wishes(Wishes(), None, AROUND).inputs is None


def test_fields_follow_a_move_and_a_text_that_says_the_same_is_kept() -> None:
    wishes = Wishes(context="8k", kv_bits="16", weight_bits="8")
    assert wishes.following(asked()).context == "8k"
    moved = wishes.following(asked("W4A8+kv8", 9216))
    assert (moved.context, moved.weight_bits, moved.kv_bits) == ("9216", "4", "8")
    assert replace(wishes, context="?").following(asked()).context == "8192"


def test_locks_are_put_on_and_taken_off() -> None:
    locked = Wishes().with_lock("context", True)
    assert locked.locks == {"context"}
    assert locked.with_lock("context", False).locks == frozenset()
