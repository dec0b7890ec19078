"""A Hub whose files are given, so that no test needs the network."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from gpu.checkpoints.hub import HUB


@dataclass
class FakeHub:
    """`files` by `owner/model/file`; `asked` are the ranges that were asked for. `ignores_ranges` sends whole
    files, as some proxies do."""

    files: dict[str, bytes]
    ignores_ranges: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def __call__(self, request: urllib.request.Request) -> io.BytesIO:
        owner, model, _, _, file = request.full_url.removeprefix(f"{HUB}/").split("/", 4)
        wanted = request.get_header("Range")
        self.asked.append((file, wanted))
        name = f"{owner}/{model}/{file}"
        if name not in self.files:
            raise urllib.error.HTTPError(request.full_url, 404, "Not Found", Message(), None)
        data = self.files[name]
        if wanted is None or self.ignores_ranges:
            return io.BytesIO(data)
        begin, end = map(int, wanted.removeprefix("bytes=").split("-"))
        return io.BytesIO(data[begin : end + 1])


def offline(_request: urllib.request.Request) -> io.BytesIO:
    raise urllib.error.URLError("Temporary failure in name resolution")


def safetensors(tensors: dict[str, tuple[str, list[int], int]]) -> bytes:
    """A file of tensors (dtype, shape, bytes) whose data is zeros."""
    header: dict[str, Any] = {}
    end = 0
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end := end + size]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(end)
