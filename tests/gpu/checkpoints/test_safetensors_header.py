from __future__ import annotations

from pathlib import Path

import pytest

from gpu.checkpoints.safetensors_header import MAX_HEADER_BYTES, read_header
from gpu.errors import FormatError
from tests.gpu.checkpoints.tiny import container

SIX = {"a": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12]}}
DATA = bytes(12)


def entry(**changes: object) -> dict[str, object]:
    return {"a": {**SIX["a"], **changes}}


def two(second_begin: int) -> dict[str, object]:
    return {**SIX, "b": {"dtype": "U8", "shape": [4], "data_offsets": [second_begin, second_begin + 4]}}


def test_entries_have_offsets_from_the_start_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(container({"__metadata__": {"format": "pt"}, **two(12)}, bytes(16)))
    header = read_header(path)
    begin = path.stat().st_size - 16
    assert header.data_begin == begin
    assert header.metadata == {"format": "pt"}
    assert (header.entries["a"].begin, header.entries["b"].end) == (begin, begin + 16)
    assert header.entries["a"].shape == (2, 3)


BROKEN = {
    "empty file": (b"", "too few", 0),
    "seven bytes": (bytes(7), "too few", 0),
    "length zero": (bytes(8), "header length of 0", 0),
    "length absurd": (
        (MAX_HEADER_BYTES + 1).to_bytes(8, "little") + bytes(50),
        "header length of 100,000,001",
        0,
    ),
    "header cut": (container(SIX, DATA)[:20], "truncated", 0),
    "not UTF-8": (container(b'{"\xff": 1}', b""), "not UTF-8", 10),
    "not JSON": (container(b'{"a": }', b""), "malformed", 14),
    "no object": (container(b"[1, 2]", b""), "object was expected", 8),
    "nested too deep": (container(b"[" * 100_000, b""), "cannot be read", 8),
    "number too long": (container(b'{"a": ' + b"9" * 5000 + b"}", b""), "cannot be read", 8),
    "name twice": (container(b'{"a": 1, "a": 1}', b""), "'a' twice", 8),
    "metadata no text": (container({"__metadata__": {"a": 1}}, b""), "__metadata__", 8),
    "entry no object": (container({"a": 3}, b""), "no object", 8),
    "dtype unknown": (container(entry(dtype="F4"), DATA), "unknown dtype 'F4'", 8),
    "dtype no text": (container(entry(dtype=["F16"]), DATA), "unknown dtype", 8),
    "shape negative": (container(entry(shape=[-2, -3]), DATA), "the shape of tensor 'a'", 8),
    "shape of floats": (container(entry(shape=[2.0, 3]), DATA), "the shape of tensor 'a'", 8),
    "offsets reversed": (container(entry(data_offsets=[12, 0]), DATA), "data_offsets of tensor 'a'", 8),
    "offsets one": (container(entry(data_offsets=[12]), DATA), "data_offsets of tensor 'a'", 8),
    "span too small": (container(entry(data_offsets=[0, 10]), bytes(10)), "needs 12 bytes and has 10", None),
    "shape overflows": (container(entry(shape=[2**62, 2**62]), DATA), "and has 12", None),
    "data cut": (container(SIX, DATA[:-1]), "truncated", None),
    "bytes left over": (container(SIX, DATA + b"x"), "1 bytes follow", None),
    "overlap": (container(two(8), DATA), "'b' does not start where", None),
    "gap": (container(two(16), bytes(20)), "'b' does not start where", None),
    "does not start at zero": (container(entry(data_offsets=[4, 16]), bytes(16)), "'a' does not start", None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_corruption_is_one_sentence_with_path_and_offset(name: str, tmp_path: Path) -> None:
    content, problem, offset = BROKEN[name]
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_header(path)
    message = str(caught.value)
    assert message.startswith(f"{path} at byte ")
    assert problem in message
    assert "\n" not in message
    assert caught.value.offset is not None
    assert offset in (None, caught.value.offset)


def test_missing_file_is_a_format_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_header(tmp_path / "absent.safetensors")
