"""Subjects of the calculator from headers alone: configurations, tensor names, shapes and types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from gpu.calculator.subject import WORKSPACE_UNKNOWN, Subject
from gpu.checkpoints.gguf_header import GgufHeader
from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import FormatError
from gpu.model_shape import MatrixKind, ModelShape, Role
from gpu.qwen3.config import ARCHITECTURES, Qwen3Config

CACHE_UNKNOWN = "The cache is not known, because no tensor is called k_proj or attn_k; it is left out."
PACKED = "Tensors that are already packed are counted as they are stored, whatever the scheme."
QUANTIZED = "Its files are quantized already; what is reckoned is the model they were made of."
_LAYER = re.compile(r"(?:layers|blk|h|blocks)\.(\d+)\.")
_NUMBERS = re.compile(r"\d+")
_KEYS = re.compile(r"(?:k_proj|attn_k)\.weight$")
_EMBEDDING = re.compile(r"(?:embed_tokens|token_embd|wte|tok_embeddings)\b")
_HEAD = re.compile(r"^(?:lm_head|output)\.weight$")
_FLOATS = {"BF16": "bf16", "F16": "f16", "F32": "f32"}
_GGUF_FIELDS = {
    "num_hidden_layers": "block_count",
    "hidden_size": "embedding_length",
    "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "max_position_embeddings": "context_length",
    "num_experts": "expert_count",
    "num_experts_per_tok": "expert_used_count",
    "moe_intermediate_size": "expert_feed_forward_length",
}
_GGUF_ARCHITECTURES = {"qwen3": "qwen3", "qwen3moe": "qwen3_moe"}


def subject_of_settings(
    name: str, settings: Mapping[str, Any], source: Path | str, tensors: Sequence[TensorInfo], origin: str
) -> Subject:
    """From a config.json and, where they are known, the tensors it belongs to.

    Raises:
        ConfigError: it is a Qwen3 with a field that is missing, malformed or contradictory.
        FormatError: it is something else, and no tensors are known.
    """
    if settings.get("model_type") not in ARCHITECTURES:
        return subject_of_tensors(name, tensors, source, origin, settings)
    config = Qwen3Config.from_dict(settings, source)
    dtypes = {tensor.name: _FLOATS[tensor.dtype] for tensor in tensors if tensor.dtype in _FLOATS}
    subject = Subject.of_config(name, config, origin, dtypes)
    stored = sum(tensor.size_bytes for tensor in tensors) or None
    packed = (QUANTIZED,) if settings.get("quantization_config") is not None else ()
    return replace(subject, stored_bytes=stored, unknown=packed)


def subject_of_gguf(name: str, header: GgufHeader, source: Path | str) -> Subject:
    """From the header of a GGUF file.

    Raises:
        ConfigError: it is a Qwen3 with a field that is missing, malformed or contradictory.
        FormatError: it holds no tensors.
    """
    architecture = header.metadata.get("general.architecture")
    settings = _settings_of_gguf(header, str(architecture))
    if settings is None:
        return subject_of_tensors(name, header.tensors, source, "GGUF header", {})
    subject = Subject.of_config(name, Qwen3Config.from_dict(settings, source), "GGUF header")
    return replace(subject, stored_bytes=sum(tensor.size_bytes for tensor in header.tensors))


def subject_of_tensors(
    name: str, tensors: Sequence[TensorInfo], source: Path | str, origin: str, settings: Mapping[str, Any]
) -> Subject:
    """A model of an architecture this engine does not know: what its tensors say, and what they do not.

    Raises:
        FormatError: there are no tensors.
    """
    if not tensors:
        known = ", ".join(ARCHITECTURES)
        raise FormatError(source, f"the architecture is none of {known}, and there are no tensors to count.")
    width = max((tensor.shape[0] for tensor in tensors if _KEYS.search(tensor.name)), default=0)
    packed = any(tensor.dtype in ("I32", "U32", "U8", "I8") for tensor in tensors)
    unknown = (WORKSPACE_UNKNOWN, *(() if width else (CACHE_UNKNOWN,)), *((PACKED,) if packed else ()))
    return Subject(
        name,
        _shape(tensors, width, _whole(settings.get("max_position_embeddings"))),
        origin=origin,
        dtype=_common_dtype(tensors),
        stored_bytes=sum(tensor.size_bytes for tensor in tensors),
        unknown=unknown,
    )


def _shape(tensors: Sequence[TensorInfo], key_width: int, longest: int | None) -> ModelShape:
    """The rows of the key projection are what a layer caches of a token, however many heads share them."""
    matrices = [tensor for tensor in tensors if len(tensor.shape) >= 2]
    kinds = Counter((_NUMBERS.sub("*", tensor.name), tensor.shape) for tensor in matrices)
    layers = {match[1] for tensor in tensors if (match := _LAYER.search(tensor.name))}
    return ModelShape(
        matrices=tuple(_kind(name, shape, count, kinds) for (name, shape), count in kinds.items()),
        norm_values=sum(prod(tensor.shape) for tensor in tensors if len(tensor.shape) < 2),
        layers=len(layers),
        kv_heads=1 if key_width else 0,
        head_dim=key_width,
        max_context_tokens=longest,
    )


def _kind(name: str, shape: tuple[int, ...], count: int, kinds: Iterable[tuple[str, Any]]) -> MatrixKind:
    role: Role = "layer"
    if _HEAD.search(name):
        role = "head"
    elif _EMBEDDING.search(name):
        role = "lookup" if any(_HEAD.search(other) for other, _ in kinds) else "head"
    active = 0 if role == "lookup" else count
    return MatrixKind(name.removesuffix(".weight"), role, count, active, prod(shape[:-1]), shape[-1])


def _common_dtype(tensors: Sequence[TensorInfo]) -> str:
    counts: Counter[str] = Counter()
    for tensor in tensors:
        counts[_FLOATS.get(tensor.dtype, "bf16")] += prod(tensor.shape)
    return counts.most_common(1)[0][0]


def _settings_of_gguf(header: GgufHeader, architecture: str) -> dict[str, Any] | None:
    """What config.json would say of a Qwen3; None for anything else."""
    if architecture not in _GGUF_ARCHITECTURES:
        return None
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    found = {field: header.metadata.get(f"{architecture}.{key}") for field, key in _GGUF_FIELDS.items()}
    return {
        **{field: value for field, value in found.items() if value is not None},
        "model_type": _GGUF_ARCHITECTURES[architecture],
        "vocab_size": shapes.get("token_embd.weight", (None,))[0],
        "tie_word_embeddings": "output.weight" not in shapes,
    }


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
