from __future__ import annotations

from pathlib import Path

import pytest

from gpu.checkpoints.json_file import MAX_BYTES, parse_object, read_object
from gpu.errors import FormatError


def test_object_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"ä": [1, null]}', encoding="utf-8")
    assert read_object(tmp_path / "a.json") == {"ä": [1, None]}


def test_oversized_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(FormatError, match="too large"):
        read_object(tmp_path / "a.json")


def test_directory_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_object(tmp_path)


def test_offsets_count_from_the_start_of_the_file() -> None:
    with pytest.raises(FormatError) as caught:
        parse_object(b'{"a" 1}', Path("f"), offset=100)
    assert caught.value.offset == 105
