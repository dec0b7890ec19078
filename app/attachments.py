"""Text files that go along with a message: read, bounded, and put before the person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gpu.errors import QuantscopeError

LARGEST_BYTES = 16 * 2**20
_PROBE_BYTES = 8192


class AttachmentError(QuantscopeError):
    """A file that cannot go along with a message."""


@dataclass(frozen=True)
class Attachment:
    """A text and what it is called."""

    name: str
    text: str


def read_text_file(path: Path) -> Attachment:
    """The text of a file in UTF-8 or UTF-16; raises AttachmentError for anything else."""
    try:
        size_bytes = path.stat().st_size
        if size_bytes > LARGEST_BYTES:
            raise AttachmentError(
                f"{path.name} has {size_bytes / 2**20:,.0f} MiB; a file that goes along with a message "
                f"may have {LARGEST_BYTES // 2**20} MiB."
            )
        return Attachment(path.name, _decoded(path.name, path.read_bytes()))
    except OSError as error:
        raise AttachmentError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def pasted(text: str) -> Attachment:
    """A text that was too long for the prompt field."""
    return Attachment("Pasted text", text)


def with_attachments(text: str, attachments: Sequence[Attachment]) -> str:
    """What the model is given: each attachment fenced under its name, then the person's words."""
    parts = [f"{one.name}:\n{_fenced(one.text)}" for one in attachments]
    return "\n\n".join([*parts, text] if text else parts)


def _decoded(name: str, data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding != "utf-16" and b"\0" in data[:_PROBE_BYTES]:
        raise AttachmentError(f"{name} is no text file.")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise AttachmentError(f"{name} is no text in UTF-8 (byte {error.start:,} is not).") from error


def _fenced(text: str) -> str:
    """`text` in a fence longer than any it contains."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text.removesuffix(chr(10))}\n{fence}"
