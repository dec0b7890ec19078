"""Headers of a model on the Hugging Face Hub, by range requests: what it is, without its weights."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from gpu.checkpoints.gguf_header import GgufHeader, parse_gguf_header
from gpu.checkpoints.json_file import MAX_BYTES, parse_object
from gpu.checkpoints.safetensors_header import LENGTH_BYTES, MAX_HEADER_BYTES, parse_header
from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import Cancelled, FormatError, QuantscopeError, RequestError

HUB = "https://huggingface.co"
MOST_SHARDS = 1000
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_FILE = re.compile(r"(/[A-Za-z0-9][\w.-]*)+\.gguf", re.IGNORECASE)
_SHARD = re.compile(r"[\w.-]+\.safetensors")
_TIMEOUT_S = 10.0
_FIRST_BYTES = 2**17
_CHUNK_BYTES = 2**20
_WEIGHTS, _INDEX, _CONFIG = "model.safetensors", "model.safetensors.index.json", "config.json"
_INSTEAD = "a released shape or a directory on this machine needs no network."


class Response(Protocol):
    """The part of an HTTP response that is used."""

    def read(self, size: int = -1, /) -> bytes: ...


Opener = Callable[[urllib.request.Request], AbstractContextManager[Response]]


def is_hub_name(name: str) -> bool:
    """Whether it looks like `owner/model` or `owner/model/file.gguf`."""
    match = _NAME.match(name)
    rest = name[match.end() :] if match else "?"
    return rest == "" or _FILE.fullmatch(rest) is not None


def open_url(request: urllib.request.Request) -> AbstractContextManager[Response]:
    """The network; tests bring an opener of their own."""
    response: AbstractContextManager[Response] = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    return response


class HubModel:
    """One model of the Hub at one revision. Every method may take seconds: keep it off the window's thread.

    Raises:
        RequestError: the name is none the Hub could have.
    """

    def __init__(
        self,
        name: str,
        opener: Opener = open_url,
        revision: str = "main",
        cancel: Callable[[], bool] = lambda: False,
    ) -> None:
        if _NAME.fullmatch(name) is None:
            raise RequestError(f"'{name}' is no name of a model on the Hub; write for example Qwen/Qwen3-8B.")
        self.name = name
        self._opener, self._revision, self._cancel = opener, revision, cancel

    def settings(self) -> dict[str, Any]:
        """config.json.

        Raises:
            RequestError: the Hub cannot be reached, or has no such model.
            FormatError: it is no JSON object.
        """
        return parse_object(self._get(_CONFIG, MAX_BYTES), self._place(_CONFIG))

    def tensors(self) -> tuple[TensorInfo, ...]:
        """What the headers of all safetensors files say; raises as `settings` does."""
        infos: list[TensorInfo] = []
        for shard in self._shards():
            header = parse_header(self._header_text(shard), self._place(shard))
            infos += [TensorInfo(e.name, e.shape, e.dtype, e.end - e.begin) for e in header.entries.values()]
        return tuple(infos)

    def gguf(self, file: str) -> GgufHeader:
        """The header of a GGUF file; raises as `settings` does."""
        return parse_gguf_header(
            _Ranges(lambda begin: self._range(file, begin, _CHUNK_BYTES)), self._place(file)
        )

    def _shards(self) -> list[str]:
        try:
            index = parse_object(self._get(_INDEX, MAX_BYTES), self._place(_INDEX))
        except _MissingError:
            return [_WEIGHTS]
        weight_map = index.get("weight_map")
        names = sorted(set(weight_map.values())) if isinstance(weight_map, dict) else []
        if not names or len(names) > MOST_SHARDS or not all(map(_is_shard, names)):
            raise FormatError(self._place(_INDEX), "weight_map must map tensor names to safetensors files.")
        return names

    def _header_text(self, shard: str) -> bytes:
        start = self._range(shard, 0, _FIRST_BYTES)
        length = int.from_bytes(start[:LENGTH_BYTES], "little")
        if len(start) < LENGTH_BYTES or not 2 <= length <= MAX_HEADER_BYTES:
            raise FormatError(self._place(shard), "this is no safetensors file.", 0)
        text = start[LENGTH_BYTES : LENGTH_BYTES + length]
        missing = length - len(text)
        return text if missing == 0 else text + self._range(shard, len(start), missing)

    def _range(self, file: str, begin: int, length: int) -> bytes:
        return self._get(file, length, {"Range": f"bytes={begin}-{begin + length - 1}"})

    def _get(self, file: str, most: int, headers: dict[str, str] | None = None) -> bytes:
        """At most `most` bytes: a server that ignores ranges must not send a model."""
        if self._cancel():
            raise Cancelled
        url = f"{HUB}/{self.name}/resolve/{self._revision}/{file}"
        request = urllib.request.Request(url, headers={"User-Agent": "quantscope", **(headers or {})})
        try:
            with self._opener(request) as response:
                return response.read(most)
        except urllib.error.HTTPError as error:
            raise self._refused(error.code, file) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise RequestError(f"The Hub cannot be reached ({reason}); {_INSTEAD}") from error

    def _refused(self, status: int, file: str) -> QuantscopeError:
        if status == 404 and file != _CONFIG:
            return _MissingError(f"{self.name} on the Hub has no {file}.")
        if status in (401, 403, 404):
            return RequestError(f"The Hub has no public model '{self.name}'; check its name.")
        return RequestError(f"The Hub answered with status {status} for {self.name}; try again later.")

    def _place(self, file: str) -> Path:
        return Path(self.name) / file


class _MissingError(RequestError):
    """A file that a model need not have."""


class _Ranges:
    """A file read from its start, a chunk at a time."""

    def __init__(self, fetch: Callable[[int], bytes]) -> None:
        self._fetch, self._buffer, self._next = fetch, b"", 0

    def read(self, size: int, /) -> bytes:
        while len(self._buffer) < size:
            chunk = self._fetch(self._next)
            if not chunk:
                break
            self._buffer += chunk
            self._next += len(chunk)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data


def _is_shard(name: object) -> bool:
    return isinstance(name, str) and _SHARD.fullmatch(name) is not None
