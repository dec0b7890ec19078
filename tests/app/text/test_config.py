from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.text.config import CHAT_TEMPLATE, TOKENIZER_CONFIG, TextConfig
from gpu.errors import FormatError


def written(directory: Path, fields: Any) -> Path:
    (directory / TOKENIZER_CONFIG).write_text(json.dumps(fields))
    return directory


def test_nothing_is_said_by_an_empty_directory(tmp_path: Path) -> None:
    assert TextConfig.read(tmp_path) == TextConfig({}, {}, {})


def test_special_tokens_are_texts_or_descriptions(tmp_path: Path) -> None:
    fields = {
        "bos_token": None,
        "eos_token": "<e>",
        "pad_token": {"content": "<p>", "lstrip": False},
        "model": "x",
    }
    assert TextConfig.read(written(tmp_path, fields)).special_tokens == {
        "eos_token": "<e>",
        "pad_token": "<p>",
    }


def test_added_tokens_keep_their_flags(tmp_path: Path) -> None:
    fields = {
        "added_tokens_decoder": {
            "7": {"content": "<x>", "special": True},
            "8": {"content": "y", "lstrip": True},
        }
    }
    tokens = TextConfig.read(written(tmp_path, fields)).added_tokens
    assert {i: (t.content, t.special, t.lstrip) for i, t in tokens.items()} == {
        7: ("<x>", True, False),
        8: ("y", False, True),
    }


@pytest.mark.parametrize(
    ("value", "templates"),
    [
        (None, {}),
        ("a", {"default": "a"}),
        (
            [{"name": "default", "template": "a"}, {"name": "rag", "template": "b"}],
            {"default": "a", "rag": "b"},
        ),
    ],
)
def test_one_template_or_several(tmp_path: Path, value: Any, templates: dict[str, str]) -> None:
    written(tmp_path, {"chat_template": value})
    assert TextConfig.read(tmp_path).templates == templates
    (tmp_path / CHAT_TEMPLATE).write_text("ü", encoding="utf-8")
    assert TextConfig.read(tmp_path).templates == templates | {"default": "ü"}


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {"eos_token": {"text": "x"}},
        {"eos_token": 5},
        {"added_tokens_decoder": {"x": {"content": "y"}}},
        {"added_tokens_decoder": ["y"]},
        {"added_tokens_decoder": {"1": {"content": 5}}},
        {"chat_template": [{"template": "x"}]},
        {"chat_template": 5},
    ],
)
def test_an_unexpected_form_is_named(tmp_path: Path, fields: Any) -> None:
    with pytest.raises(FormatError, match=r"tokenizer_config\.json: "):
        TextConfig.read(written(tmp_path, fields))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00"])
def test_a_corrupt_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TOKENIZER_CONFIG).write_bytes(content)
    with pytest.raises(FormatError, match=r"tokenizer_config\.json: "):
        TextConfig.read(tmp_path)


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / CHAT_TEMPLATE).write_bytes(b"\xff")
    with pytest.raises(FormatError, match=r"chat_template\.jinja: cannot be read as UTF-8"):
        TextConfig.read(tmp_path)
