from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversations import Conversation
from app.conversations.exchange import MOST_BYTES, file_name, read_file, write_file
from gpu.errors import FormatError
from tests.app.conversations.samples import TALK, message

TREE = (
    message(1, None, "Why?"),
    message(2, 1, "Because."),
    message(3, None, "Why not?"),
    message(4, 3, "So."),
)


def texts(messages: tuple) -> list[str]:
    return [one.text for one in messages]


def test_json_brings_every_branch_back(tmp_path: Path) -> None:
    write_file(tmp_path / "all.json", [(TALK, TREE), (replace(TALK, title="Other"), ())])
    (talk, messages), (other, none) = read_file(tmp_path / "all.json")
    assert (talk.title, texts(messages), other.title, none) == (TALK.title, texts(TREE), "Other", ())


def test_markdown_brings_the_branch_on_show_back(tmp_path: Path) -> None:
    for leaf, said in ((2, ["Why?", "Because."]), (99, ["Why not?", "So."])):
        write_file(tmp_path / "one.md", [(replace(TALK, leaf=leaf), TREE)])
        ((_, messages),) = read_file(tmp_path / "one.md")
        assert texts(messages) == said


def test_markdown_whose_ends_of_lines_an_editor_changed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    write_file(path, [(TALK, TREE)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    ((_, messages),) = read_file(path)
    assert texts(messages) == ["Why?", "Because."]


def test_half_a_surrogate_pair_does_not_keep_the_rest_from_being_written(tmp_path: Path) -> None:
    write_file(tmp_path / "x.json", [(TALK, (message(1, None, "a\ud800b"),))])
    ((_, messages),) = read_file(tmp_path / "x.json")
    assert texts(messages) == ["a?b"]


@pytest.mark.parametrize("name", ["x.json", "x.md", "x.txt"])
@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe\x00", b"Dear diary"])
def test_a_file_that_is_not_ours_is_one_sentence(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError) as refused:
        read_file(path)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_missing_huge_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file"):
        read_file(tmp_path / "nothing.json")
    with pytest.raises(FormatError, match="it is no file"):
        read_file(tmp_path)
    huge = tmp_path / "huge.json"
    huge.touch()
    os.truncate(huge, MOST_BYTES + 1)
    with pytest.raises(FormatError, match="64 MiB"):
        read_file(huge)


def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be written"):
        write_file(tmp_path / "missing" / "x.json", [])


@pytest.mark.parametrize(
    ("title", "name"),
    [("Why: 4/8?", "Why 48.md"), ("..", "conversation.md"), ("", "New conversation.md"), ("a\tb", "a b.md")],
)
def test_a_title_is_a_file_name_on_any_system(title: str, name: str) -> None:
    assert file_name(Conversation(1, title=title), ".md") == name
