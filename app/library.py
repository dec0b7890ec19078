"""What MODEL may be: the embedded demo, a checkpoint directory or, without weights, a released shape."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from gpu.checkpoints.huggingface import CONFIG
from gpu.checkpoints.json_file import read_object
from gpu.errors import FormatError, QuantscopeError, RequestError
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.released import released_config, released_names

DEMO = "demo"
HELD_OUT_TEXT = "heldout.txt"


def demo_directory() -> Path:
    """Where the embedded model lies. Raises FormatError if this installation lacks it."""
    directory = Path(str(resources.files("assets") / DEMO))
    if not directory.is_dir():
        raise FormatError(directory, "the embedded model is missing; install Quantscope again.")
    return directory


def find_directory(model: str) -> Path:
    """The checkpoint directory of MODEL, for whatever needs its weights.

    Raises:
        FormatError: a GGUF file.
        RequestError: a released shape, which has no weights, or nothing that is known.
    """
    if model == DEMO:
        return demo_directory()
    path = Path(model).expanduser()
    if path.suffix.lower() == ".gguf":
        raise FormatError(path, "GGUF files are not supported yet; give a directory with safetensors.")
    if path.exists():
        return path
    if model.lower() in released_names():
        raise RequestError(
            f"'{model}' is a shape without weights: download the model and give its directory, or use {DEMO}."
        )
    raise RequestError(
        f"There is no model '{model}': give a checkpoint directory, {DEMO} or, where no weights are needed, "
        f"one of {', '.join(released_names())}."
    )


def is_there(model: str) -> bool:
    """Whether MODEL is something on this machine."""
    try:
        find_directory(model)
    except QuantscopeError:
        return False
    return True


def find_config(model: str) -> Qwen3Config:
    """The shape of MODEL, where no weights are needed; a directory comes before a released shape.

    Raises:
        FormatError, ConfigError: config.json is missing, broken or describes an unsupported model.
        RequestError: nothing is known by this name.
    """
    if model.lower() in released_names() and not Path(model).exists():
        return released_config(model.lower())
    path = find_directory(model) / CONFIG
    return Qwen3Config.from_dict(read_object(path), path)
