"""What the window remembers between two runs: one JSON file, written whole, never lost silently."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import platformdirs

from app.atomic import replacing
from gpu.checkpoints.json_file import read_object
from gpu.errors import FormatError, QuantscopeError, RequestError
from gpu.sampling import Sampling

FILE_NAME = "settings.json"
BROKEN_SUFFIX = ".broken"
MOST_RECENT = 10


@dataclass(frozen=True)
class Settings:
    """`adapter`, `context_tokens` and `sampling` None leave the choice to the engine and the model.

    With `tunes` kernels are chosen by timing them; without, they are safe ones. With `looks_up` tokens are
    guessed from the text before them.
    `prompts` are the person's own, `text_scale` how much larger text is drawn than the system's.
    `tinted` answers are compared with the scheme `tint_reference`, "" for the program's choice.
    `window_layout` is Qt's own bytes. `others` are keys of another version, kept.
    """

    adapter: str | None = None
    scheme: str = "W4A8"
    context_tokens: int | None = None
    tunes: bool = True
    looks_up: bool = False
    sampling: Sampling | None = None
    window_layout: bytes = b""
    recent_models: tuple[str, ...] = ()
    text_scale: float = 1.0
    prompts: tuple[str, ...] = ()
    tinted: bool = False
    tint_reference: str = ""
    others: Mapping[str, Any] = field(default_factory=dict)

    def with_recent(self, model: str) -> Settings:
        """The same with `model` in front of the recent ones."""
        rest = [name for name in self.recent_models if name != model]
        return replace(self, recent_models=(model, *rest)[:MOST_RECENT])


@dataclass(frozen=True)
class Loaded:
    """Settings, and a sentence for the person if something had to be said about them."""

    settings: Settings
    notice: str = ""


class SettingsFile:
    """The file in `directory`, by default where the system keeps a person's configuration."""

    def __init__(self, directory: Path | None = None) -> None:
        folder = directory or Path(platformdirs.user_config_dir("quantscope", appauthor=False))
        self.path = folder / FILE_NAME

    def load(self) -> Loaded:
        """The settings, or defaults; a file that makes no sense is set aside, with a notice."""
        if not self.path.exists():
            return Loaded(Settings())
        try:
            return Loaded(_from_json(read_object(self.path), self.path))
        except QuantscopeError as error:
            return Loaded(Settings(), self._set_aside(error))

    def save(self, settings: Settings) -> None:
        """Raises FormatError if the file cannot be written."""
        with replacing(self.path, parents=True) as temporary:
            temporary.write_text(json.dumps(_to_json(settings), indent=2) + "\n", encoding="utf-8")

    def _set_aside(self, error: QuantscopeError) -> str:
        broken = self.path.with_name(FILE_NAME + BROKEN_SUFFIX)
        try:
            os.replace(self.path, broken)
        except OSError:
            return f"{error} Default settings are used."
        return f"{error} It is kept as {broken.name}, and default settings are used."


def _to_json(settings: Settings) -> dict[str, Any]:
    own = {
        "adapter": settings.adapter,
        "scheme": settings.scheme,
        "context_tokens": settings.context_tokens,
        "tunes": settings.tunes,
        "looks_up": settings.looks_up,
        "sampling": None if settings.sampling is None else asdict(settings.sampling),
        "window_layout": base64.b64encode(settings.window_layout).decode("ascii"),
        "recent_models": list(settings.recent_models),
        "text_scale": settings.text_scale,
        "prompts": list(settings.prompts),
        "tinted": settings.tinted,
        "tint_reference": settings.tint_reference,
    }
    return {**settings.others, **own}


def _from_json(document: Mapping[str, Any], path: Path) -> Settings:
    """Raises FormatError where a value is not of the kind that `_to_json` writes."""
    fields = dict(document)

    def take(key: str, kinds: tuple[type, ...], default: Any) -> Any:
        value = fields.pop(key, default)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise FormatError(path, f"{key} cannot be {json.dumps(value)[:40]}.")
        return value

    nothing = type(None)
    return Settings(
        adapter=take("adapter", (str, nothing), None),
        scheme=take("scheme", (str,), Settings.scheme),
        context_tokens=take("context_tokens", (int, nothing), None),
        tunes=take("tunes", (bool,), True),
        looks_up=take("looks_up", (bool,), False),
        sampling=_sampling(take("sampling", (dict, nothing), None), path),
        window_layout=_bytes(take("window_layout", (str,), ""), path),
        recent_models=_names("recent_models", take("recent_models", (list,), []), path),
        text_scale=float(take("text_scale", (int, float), 1.0)),
        prompts=_names("prompts", take("prompts", (list,), []), path),
        tinted=take("tinted", (bool,), False),
        tint_reference=take("tint_reference", (str,), ""),
        others=fields,
    )


def _sampling(fields: Mapping[str, Any] | None, path: Path) -> Sampling | None:
    if fields is None:
        return None
    try:
        return Sampling(**fields)
    except (TypeError, RequestError) as error:
        raise FormatError(path, f"sampling makes no sense ({error}).") from error


def _bytes(text: str, path: Path) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise FormatError(path, "the window's layout is no base64.") from error


def _names(key: str, values: list[Any], path: Path) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise FormatError(path, f"{key} holds something that is no text.")
    return tuple(values)
