"""Captures and what only this side of the house knows of them: names, token texts, files."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.atomic import replacing
from app.engine_session import ModelFiles
from gpu.errors import FormatError
from gpu.probes.capture_file import save_capture
from gpu.probes.captured import Capture, Origin
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


def keep_capture(capture: Capture, path: Path) -> None:
    """Write a capture to a file that appears whole or not at all.

    Raises:
        FormatError: nothing can be written there.
    """
    with replacing(path) as temporary:
        try:
            save_capture(capture, temporary)
        except OSError as error:
            raise FormatError(path, f"cannot be written ({error.strerror}).") from error


def _program() -> str:
    try:
        return version("quantscope")
    except PackageNotFoundError:
        return "unknown"
