"""Captures and what only this side of the house knows of them: names, token texts, files."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from app.engine_session import ModelFiles
from gpu.probes.captured import Origin
from gpu.scheme import Scheme

SUFFIX = ".safetensors"


def origin_of(files: ModelFiles, scheme: Scheme) -> Origin:
    """What a capture says of the model it was taken from."""
    checkpoint = files.checkpoint
    return Origin(checkpoint.path.name, checkpoint.fingerprint, str(scheme), _program())


def token_texts(files: ModelFiles, ids: Sequence[int]) -> tuple[str, ...]:
    """Every token's own text; empty for a checkpoint without a tokenizer."""
    if not files.has_tokenizer:
        return ()
    codec = files.codec
    return tuple(codec.decode([token], skip_special_tokens=False) for token in ids)


def _program() -> str:
    try:
        return version("quantscope")
    except PackageNotFoundError:
        return "unknown"
