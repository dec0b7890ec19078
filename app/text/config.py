"""What a checkpoint directory says about its text: tokenizer_config.json and chat_template.jinja."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken

from app.text.chat_template import DEFAULT
from gpu.errors import FormatError

TOKENIZER_CONFIG, CHAT_TEMPLATE = "tokenizer_config.json", "chat_template.jinja"
SPECIAL_TOKEN_NAMES = tuple(f"{name}_token" for name in ("bos", "eos", "unk", "sep", "pad", "cls", "mask"))


@dataclass(frozen=True)
class TextConfig:
    """Special tokens by name, added tokens by id, templates by name (a single one is named "default")."""

    special_tokens: Mapping[str, str]
    added_tokens: Mapping[int, AddedToken]
    templates: Mapping[str, str]

    @classmethod
    def read(cls, directory: Path) -> TextConfig:
        """Read `directory`; a missing file is an empty one. Raises FormatError for a malformed one."""
        path = directory / TOKENIZER_CONFIG
        fields = _read_json_object(path)
        try:
            special = {name: _content(fields[name]) for name in SPECIAL_TOKEN_NAMES if fields.get(name)}
            added = {
                int(i): _added_token(token) for i, token in fields.get("added_tokens_decoder", {}).items()
            }
            templates = _templates(fields.get("chat_template"))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise FormatError(path, f"a tokenizer setting has an unexpected form ({error!r}).") from error
        file = directory / CHAT_TEMPLATE
        if file.is_file():
            templates[DEFAULT] = _read_text(file)
        return cls(special, added, templates)


def _read_json_object(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        fields = json.loads(_read_text(path))
    except ValueError as error:
        raise FormatError(path, f"not valid JSON ({error}).") from error
    if not isinstance(fields, dict):
        raise FormatError(path, "expected a JSON object.")
    return fields


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(path, f"cannot be read as UTF-8 text ({error}).") from error


def _content(token: str | Mapping[str, str]) -> str:
    """A special token is written as its text or as a description of an added token."""
    return token if isinstance(token, str) else token["content"]


def _added_token(fields: Mapping[str, Any]) -> AddedToken:
    flags = ("single_word", "lstrip", "rstrip", "normalized", "special")
    return AddedToken(fields["content"], **{flag: bool(fields.get(flag, False)) for flag in flags})


def _templates(value: str | list[Mapping[str, str]] | None) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, str):
        return {DEFAULT: value}
    return {str(entry["name"]): str(entry["template"]) for entry in value}
