"""The shapes of the released Qwen3 models, for budgets and benchmarks that need no weights."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from gpu.errors import ConfigError
from gpu.qwen3.config import Qwen3Config

_FILE = "qwen3_shapes.json"


def released_names() -> tuple[str, ...]:
    """Names such as `qwen3-0.6b`, smallest model first."""
    return tuple(_configs())


def released_config(name: str) -> Qwen3Config:
    """The configuration of a released model.

    Raises:
        ConfigError: no released model has this name.
    """
    configs = _configs()
    if name not in configs:
        raise ConfigError(f"'{name}' is no released Qwen3 model; choose one of {', '.join(configs)}.")
    return Qwen3Config.from_dict(configs[name], name)


def _configs() -> dict[str, dict[str, Any]]:
    document = json.loads((resources.files("assets") / _FILE).read_text(encoding="utf-8"))
    return {name: {**document["shared"], **own} for name, own in document["models"].items()}
