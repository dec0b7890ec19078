"""The form: which fields there are and what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.calculator.wishes import Wishes
from app.catalogue import built_in_cards
from app.presenters.calculator_inputs import (
    Situation,
    inputs_frame,
    parameters_text,
    preset_title,
    subject_line,
)
from tests.app.calculator.cases import SMALL
from views.frames.calculator import FieldFrame

AT = Situation(Wishes(source="qwen3-0.6b"), SMALL, cards=built_in_cards())


def fields(at: Situation) -> dict[str, FieldFrame]:
    return {field.key: field for group in inputs_frame(at).groups for field in group.fields}


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("qwen3-0.6b", set()),
        ("file", {"path"}),
        ("hub", {"repo"}),
        ("numbers", {"params", "layers", "kv_heads", "head_dim"}),
    ],
)
def test_a_model_is_named_in_its_own_way(source: str, shown: set[str]) -> None:
    found = fields(replace(AT, wishes=Wishes(source=source)))
    assert set(found) & {"path", "repo", "params", "layers", "kv_heads", "head_dim"} == shown


def test_all_released_shapes_the_loaded_model_and_every_other_way_are_offered() -> None:
    choices = [choice.label for choice in fields(replace(AT, loaded_name="Demo"))["source"].choices]
    assert choices[0] == "Demo (loaded)"
    assert len([label for label in choices if label.startswith("Qwen3-")]) == 8
    assert choices[-3:] == ["A folder or file…", "From the Hub…", "Bare numbers…"]
    assert "loaded" not in [choice.key for choice in fields(AT)["source"].choices]


def test_an_error_stands_beside_its_field() -> None:
    found = fields(replace(AT, errors={"context": "'x' is not a number of tokens."}))
    assert found["context"].error == "'x' is not a number of tokens."
    assert found["batch"].error == ""


def test_what_can_move_can_be_locked() -> None:
    found = fields(replace(AT, wishes=replace(AT.wishes, locks=frozenset({"kv"}))))
    locks = {key: field.locked for key, field in found.items() if field.locked is not None}
    assert locks == {"weight_bits": False, "kv_bits": True, "context": False, "batch": False, "chats": False}


def test_fields_come_and_go_with_what_they_belong_to() -> None:
    plain = fields(AT)
    assert "memory" not in plain
    assert "display_memory" not in plain
    wishes = replace(AT.wishes, card="own", display="on", weight_bits="16", compare="NVIDIA T4")
    shown = fields(replace(AT, wishes=wishes))
    assert {"memory", "display_memory", "compare_too"} <= set(shown)
    assert "group" not in shown


def test_the_catalogue_can_be_chosen_from() -> None:
    labels = [choice.label for choice in fields(AT)["card"].choices]
    assert "RTX 4090 · 24 GiB" in labels
    assert labels[-1] == "Another amount…"


def test_names_and_counts_read_well() -> None:
    assert subject_line(SMALL) == "596 M parameters, 28 layers, 8 KV heads of 128, from released shape"
    assert [preset_title(name) for name in ("qwen3-0.6b", "qwen3-30b-a3b")] == ["Qwen3-0.6B", "Qwen3-30B-A3B"]
    assert [parameters_text(n) for n in (999, 5_051_136, 8_190_735_360, 2 * 10**12)] == [
        "999",
        "5.05 M",
        "8.19 B",
        "2 T",
    ]
