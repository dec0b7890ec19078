"""A token trace as bytes, to be kept beside its answer.

    "QTRC"  version u16  |  zlib( length u32, header JSON, rows, pieces, rows of each score )

Everything is little-endian. The header names the model and the pairs that were scored, and counts the tokens
and the bytes of every piece.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from app.token_trace import SCORE_ROW, TOKEN_ROW, Rows, Score, TokenTrace
from gpu.errors import QuantscopeError

_MAGIC, _VERSION = b"QTRC", 1
_PREFIX = struct.Struct("<4sH")
_LENGTH = struct.Struct("<I")
_LEVEL = 3  # of zlib: half the time of 6 for a twentieth more bytes
_MOST_BYTES = 256 * 2**20  # unpacked; a context of 262,144 tokens takes 20 MiB


class TraceError(QuantscopeError):
    """The token record of an answer is broken; its text is not."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The tokens kept with this answer cannot be read: {problem}.")


def trace_to_bytes(trace: TokenTrace) -> bytes:
    """About 100 bytes a token, and 10 more for every score."""
    header = json.dumps(
        {
            "model": trace.model,
            "tokens": len(trace),
            "pieces": [[token, len(piece)] for token, piece in trace.pieces.items()],
            "scores": [[score.scheme, score.reference] for score in trace.scores],
        }
    ).encode()
    parts = [_LENGTH.pack(len(header)), header, trace.rows.tobytes(), *trace.pieces.values()]
    parts += [score.rows.tobytes() for score in trace.scores]
    return _PREFIX.pack(_MAGIC, _VERSION) + zlib.compress(b"".join(parts), _LEVEL)


def trace_from_bytes(data: bytes) -> TokenTrace:
    """Raises TraceError for anything that `trace_to_bytes` did not write."""
    if len(data) < _PREFIX.size or data[: len(_MAGIC)] != _MAGIC:
        raise TraceError("they are not a record of tokens")
    _, version = _PREFIX.unpack_from(data)
    if version != _VERSION:
        raise TraceError(f"they are of version {version}, and this program reads version {_VERSION}")
    body = _Reader(_unpacked(data[_PREFIX.size :]))
    try:
        return _read(body)
    except (ValueError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise TraceError("they are damaged") from error


def _read(body: _Reader) -> TokenTrace:
    (length,) = _LENGTH.unpack(body.take(_LENGTH.size))
    header: Mapping[str, Any] = json.loads(body.take(length))
    rows = body.rows(TOKEN_ROW, header["tokens"])
    pieces = {int(token): body.take(size) for token, size in header["pieces"]}
    scores = [
        Score(str(scheme), str(reference), body.rows(SCORE_ROW, len(rows)))
        for scheme, reference in header["scores"]
    ]
    missing = set(rows["token_id"].tolist()) - pieces.keys()
    if missing or not body.is_done:
        raise ValueError(missing)
    return TokenTrace(str(header["model"]), rows, pieces, tuple(scores))


class _Reader:
    """Bytes from front to back; ValueError where they end too soon."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._data)

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self._data) - self._at:
            raise ValueError(count)
        self._at += count
        return self._data[self._at - count : self._at]

    def rows(self, dtype: np.dtype[np.void], count: int) -> Rows:
        return np.frombuffer(self.take(dtype.itemsize * count), dtype)


def _unpacked(data: bytes) -> bytes:
    """What was compressed, up to a size no honest record reaches."""
    unpacker = zlib.decompressobj()
    try:
        result = unpacker.decompress(data, _MOST_BYTES)
    except zlib.error as error:
        raise TraceError("they are damaged") from error
    if not unpacker.eof:
        raise TraceError("they are damaged")
    return result
