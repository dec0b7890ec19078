"""A key of a checkpoint's content that does not read all of it.

Hashed are config.json, each file's header (names, shapes, dtypes, offsets) and, of each tensor, evenly spaced
windows: the whole of a tensor up to 64 KiB, otherwise 16 KiB every 4 MiB, its beginning and end included.
Retraining, fine-tuning, scaling a channel or editing a norm changes the key; editing a few values deep inside
a large matrix may not, which is the price of an answer in milliseconds where hashing 16 GB takes seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from gpu.checkpoints.safetensors_file import SafetensorsFile
from gpu.errors import FormatError

WHOLE_BYTES = 64 * 1024
WINDOW_BYTES = 16 * 1024
STRIDE_BYTES = 4 * 2**20
DIGEST_BYTES = 16


def fingerprint_files(config: Path, files: Iterable[SafetensorsFile]) -> str:
    """The key, as 32 hexadecimal digits. Files count by content, in name order; where they lie does not.

    Raises:
        FormatError: a file cannot be read any more.
    """
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    try:
        digest.update(config.read_bytes())
        for file in sorted(files, key=lambda file: file.path.name):
            for piece in _pieces(file):
                digest.update(piece)
    except OSError as error:
        raise FormatError(error.filename or config, f"cannot be read ({error.strerror}).") from error
    return digest.hexdigest()


def _pieces(file: SafetensorsFile) -> Iterator[bytes]:
    with file.path.open("rb") as stream:
        yield stream.read(file.data_begin)
        for entry in file.entries.values():
            for begin, length in windows(entry.begin, entry.end):
                stream.seek(begin)
                yield stream.read(length)


def windows(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The (offset, length) pairs that are sampled of the bytes [begin, end)."""
    if end - begin <= WHOLE_BYTES:
        yield begin, end - begin
        return
    last = end - WINDOW_BYTES
    yield from ((offset, WINDOW_BYTES) for offset in range(begin, last, STRIDE_BYTES))
    yield last, WINDOW_BYTES
