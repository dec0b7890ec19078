"""A Hugging Face directory: config.json, generation_config.json and one or many safetensors files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gpu.checkpoints.base import GenerationDefaults
from gpu.checkpoints.fingerprint import fingerprint_files
from gpu.checkpoints.generation_config import read_generation_defaults
from gpu.checkpoints.json_file import read_object
from gpu.checkpoints.safetensors_file import FLOAT_NAMES, SafetensorsFile, SafetensorsTensor
from gpu.errors import ConfigError, FormatError
from gpu.qwen3.config import Qwen3Config

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
BASE_PREFIX = "model."
PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt")


@dataclass(frozen=True)
class HuggingFaceCheckpoint:
    """Tensors under the names of `config.tensor_shapes()`, all of them present and of that shape."""

    path: Path
    config: Qwen3Config
    generation: GenerationDefaults
    tensors: Mapping[str, SafetensorsTensor]

    def names(self) -> Sequence[str]:
        return tuple(self.tensors)

    def tensor(self, name: str) -> SafetensorsTensor:
        return self.tensors[name]

    @cached_property
    def fingerprint(self) -> str:
        """A short key of config and weights; see gpu/checkpoints/fingerprint.py for what it samples."""
        files = {tensor.file.path: tensor.file for tensor in self.tensors.values()}
        return fingerprint_files(self.path / CONFIG, files.values())


def open_checkpoint(path: Path) -> HuggingFaceCheckpoint:
    """Open a checkpoint directory and check each tensor's presence, shape and dtype; weights are read later.

    Raises:
        FormatError: there is no such directory, it holds no safetensors weights, or a file of it is broken.
        ConfigError: config.json describes a model that is not supported.
    """
    try:
        _check_directory(path)
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror}).") from error
    settings = read_object(path / CONFIG)
    _refuse_quantized(path / CONFIG, settings)
    config = Qwen3Config.from_dict(settings, path / CONFIG)
    generation = read_generation_defaults(path, config.eos_token_ids)
    return HuggingFaceCheckpoint(path, config, generation, _tensors(path, config))


def _check_directory(path: Path) -> None:
    if not path.exists():
        raise FormatError(
            path, "there is no such directory; give one that holds config.json and model.safetensors."
        )
    if path.suffix == ".gguf" and path.is_file():
        raise FormatError(
            path, "GGUF files are not supported yet; give a Hugging Face directory with safetensors."
        )
    if not path.is_dir():
        raise FormatError(
            path, "a checkpoint is a directory that holds config.json and model.safetensors; give that."
        )
    if not any((path / name).is_file() for name in (WEIGHTS, INDEX)):
        _explain_missing_weights(path)
    if not (path / CONFIG).is_file():
        raise FormatError(path, f"{CONFIG} is missing; download it from where the weights came from.")


def _explain_missing_weights(path: Path) -> None:
    names = sorted(entry.name for entry in path.iterdir())
    if not names:
        raise FormatError(path, f"the directory is empty; it should hold {CONFIG} and {WEIGHTS}.")
    pickles = [name for name in names if name.endswith(PICKLE_SUFFIXES)]
    if pickles:
        problem = (
            f"{pickles[0]} is a pickle, which can run code when opened; convert the weights to safetensors."
        )
        raise FormatError(path, problem)
    raise FormatError(path, f"neither {WEIGHTS} nor {INDEX} is here, so there are no weights to load.")


def _refuse_quantized(path: Path, settings: Mapping[str, object]) -> None:
    quantization = settings.get("quantization_config")
    if quantization is not None:
        method = quantization.get("quant_method") if isinstance(quantization, dict) else None
        what = f" ({method})" if isinstance(method, str) else ""
        raise ConfigError(
            f"{path}: quantization_config says that the weights are already quantized{what}, which is not "
            f"supported yet; give the original bf16, f16 or f32 checkpoint."
        )


def _tensors(path: Path, config: Qwen3Config) -> dict[str, SafetensorsTensor]:
    files = _files_by_name(path)
    # A base-model export leaves out the prefix that a causal language model puts before its decoder.
    bare = f"{BASE_PREFIX}embed_tokens.weight" not in files and "embed_tokens.weight" in files
    tensors = {}
    for name, shape in config.tensor_shapes().items():
        stored_name = name.removeprefix(BASE_PREFIX) if bare else name
        if stored_name not in files:
            raise FormatError(
                path, f"tensor '{stored_name}' is missing; {CONFIG} asks for it with shape {list(shape)}."
            )
        tensors[name] = _checked(files[stored_name], name, stored_name, shape)
    return tensors


def _checked(file: SafetensorsFile, name: str, stored_name: str, shape: tuple[int, ...]) -> SafetensorsTensor:
    entry = file.entries[stored_name]
    if entry.dtype not in FLOAT_NAMES:
        problem = f"tensor '{stored_name}' has dtype {entry.dtype}, and weights must be BF16, F16 or F32."
        raise FormatError(file.path, problem, entry.begin)
    if entry.shape != shape:
        problem = (
            f"tensor '{stored_name}' has shape {list(entry.shape)}, and {CONFIG} asks for {list(shape)}."
        )
        raise FormatError(file.path, problem, entry.begin)
    return SafetensorsTensor(file, name, stored_name)


def _files_by_name(path: Path) -> dict[str, SafetensorsFile]:
    if (path / WEIGHTS).is_file():
        file = SafetensorsFile.open(path / WEIGHTS)
        return dict.fromkeys(file.entries, file)
    weight_map = _weight_map(path / INDEX)
    shards = {shard: _open_shard(path, shard) for shard in sorted(set(weight_map.values()))}
    for name, shard in weight_map.items():
        if name not in shards[shard].entries:
            raise FormatError(path / shard, f"{INDEX} places tensor '{name}' here, and it is not here.")
    return {name: shards[shard] for name, shard in weight_map.items()}


def _weight_map(path: Path) -> dict[str, str]:
    weight_map = read_object(path).get("weight_map")
    if not isinstance(weight_map, dict) or not all(isinstance(shard, str) for shard in weight_map.values()):
        raise FormatError(path, "weight_map must map tensor names to file names.")
    return weight_map


def _open_shard(path: Path, shard: str) -> SafetensorsFile:
    # The index is data from elsewhere: it may name files of this directory only.
    if not shard.endswith(".safetensors") or Path(shard).name != shard or "\0" in shard:
        raise FormatError(
            path / INDEX, f"weight_map names {shard[:60]!r}, which is no safetensors file of this directory."
        )
    if not (path / shard).is_file():
        raise FormatError(path / shard, f"this shard is missing; {INDEX} lists it.")
    return SafetensorsFile.open(path / shard)
