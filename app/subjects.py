"""What the memory calculator can be asked about, by the names people use; only headers are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.library import DEMO, find_directory
from gpu.calculator.header_subject import subject_of_gguf, subject_of_settings, subject_of_tensors
from gpu.calculator.subject import Subject
from gpu.checkpoints import Checkpoint
from gpu.checkpoints.gguf_header import read_gguf_header
from gpu.checkpoints.hub import HubModel, Opener, is_hub_name, open_url
from gpu.checkpoints.json_file import read_object
from gpu.checkpoints.safetensors_header import read_header
from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import FormatError, RequestError
from gpu.model import Model
from gpu.qwen3.released import released_config, released_names

_CONFIG = "config.json"


def find_subject(model: str, opener: Opener = open_url) -> Subject:
    """Whatever `model` names: here if it is here, else on the Hub.

    Raises:
        FormatError, ConfigError: a file is broken, or describes a model that makes no sense.
        RequestError: nothing is known by this name, or the Hub cannot be reached.
    """
    is_here = model == DEMO or model.lower() in released_names() or Path(model).expanduser().exists()
    return fetch_subject(model, opener) if is_hub_name(model) and not is_here else read_subject(model)


def read_subject(model: str) -> Subject:
    """A released shape, the demo, a checkpoint directory, a .gguf or a .safetensors file.

    Raises:
        FormatError, ConfigError: a file is missing, broken or describes a model that makes no sense.
        RequestError: nothing is known by this name.
    """
    path = Path(model).expanduser()
    if model.lower() in released_names() and not path.exists():
        return Subject.of_config(model.lower(), released_config(model.lower()), "released shape")
    if path.suffix.lower() == ".gguf":
        return subject_of_gguf(path.name, read_gguf_header(path), path)
    if path.suffix.lower() == ".safetensors":
        return subject_of_tensors(path.name, _tensors_of(path), path, "safetensors header", {})
    directory = find_directory(model)
    if directory.is_file():
        raise FormatError(directory, "this is neither a directory nor a .gguf or .safetensors file.")
    return _of_directory(model, directory)


def fetch_subject(
    model: str, opener: Opener = open_url, revision: str = "main", cancel: Callable[[], bool] = lambda: False
) -> Subject:
    """A model on the Hub: `owner/model`, or `owner/model/file.gguf`. Takes seconds.

    Raises:
        RequestError: the Hub cannot be reached, or has no such model.
        FormatError, ConfigError: what it has is broken, or makes no sense.
        Cancelled: `cancel` said so.
    """
    owner, _, rest = model.partition("/")
    name, _, file = rest.partition("/")
    hub = HubModel(f"{owner}/{name}", opener, revision, cancel)
    if file:
        if not file.lower().endswith(".gguf"):
            raise RequestError(f"'{model}' is no GGUF file; write owner/model or owner/model/file.gguf.")
        return subject_of_gguf(model, hub.gguf(file), model)
    settings = hub.settings()
    return subject_of_settings(model, settings, f"{model}/{_CONFIG}", hub.tensors(), "Hub headers")


def opened_subject(model: Model, name: str, checkpoint: Checkpoint | None = None) -> Subject:
    """The model that is loaded, from `checkpoint`; without it, from one of bf16."""
    names = () if checkpoint is None else checkpoint.names()
    dtypes = {} if checkpoint is None else {tensor: checkpoint.tensor(tensor).dtype for tensor in names}
    return Subject.of_config(name, model.config, "the loaded model", dtypes)


def _of_directory(model: str, directory: Path) -> Subject:
    """Its config.json, and the headers of whatever safetensors files lie beside it."""
    files = sorted(directory.glob("*.safetensors"))
    tensors = [tensor for file in files for tensor in _tensors_of(file)]
    settings = directory / _CONFIG
    if not settings.is_file() and tensors:
        return subject_of_tensors(model, tensors, directory, "safetensors headers", {})
    return subject_of_settings(model, read_object(settings), settings, tensors, _CONFIG)


def _tensors_of(file: Path) -> list[TensorInfo]:
    header = read_header(file)
    return [TensorInfo(e.name, e.shape, e.dtype, e.end - e.begin) for e in header.entries.values()]
