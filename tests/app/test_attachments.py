"""Text files are taken as they are; anything else is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.attachments import (
    LARGEST_BYTES,
    Attachment,
    AttachmentError,
    pasted,
    read_text_file,
    with_attachments,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Größe 日本\nzwei", encoding=encoding)
    assert read_text_file(path) == Attachment("notes.txt", "Größe 日本\nzwei")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"\x89PNG\0\0", "no text file"), (b"caf\xe9", "byte 3"), (b"\xff\xfe\x00", "no text in UTF-8")],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "thing.bin"
    path.write_bytes(data)
    with pytest.raises(AttachmentError, match=reason):
        read_text_file(path)


def test_a_missing_or_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AttachmentError, match=r"gone\.txt cannot be read"):
        read_text_file(tmp_path / "gone.txt")
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(AttachmentError, match="may have 16 MiB"):
        read_text_file(huge)


def test_attachments_come_before_the_words_in_fences_of_their_own() -> None:
    code = Attachment("a.md", "```\nx\n```\n")
    assert with_attachments("Why?", [code, pasted("y")]) == (
        "a.md:\n````\n```\nx\n```\n````\n\nPasted text:\n```\ny\n```\n\nWhy?"
    )
    assert with_attachments("Why?", []) == "Why?"
