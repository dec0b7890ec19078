from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversations import Archive, Conversation
from app.conversations.exchange import MOST_BYTES, export, file_name, take_in
from app.dialogue import Dialogue, Origin
from gpu.errors import FormatError


@pytest.fixture
def archive() -> Iterator[Archive]:
    result = Archive()
    yield result
    result.close()


@pytest.fixture
def talk(archive: Archive) -> Dialogue:
    result = Dialogue(archive, archive.begin())
    for question in ("Why?", "And how?"):
        key = result.ask(question, Origin("demo", "W4A8"))
        result.update(replace(result.tree[key], text=f"Answer to {question}", state="done"))
    result.ask_instead(result.path[0].id, "Why not?", Origin("demo", "W4A8"))
    result.step(result.path[0].id, -1)
    return result


def test_json_brings_every_branch_back(archive: Archive, talk: Dialogue, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    export(archive, [talk.conversation.id], path)
    (added,) = take_in(archive, path)
    copy = Dialogue.open(archive, added.id)
    assert len(archive.conversations()) == 2
    assert [m.text for m in copy.path] == [m.text for m in talk.path]
    assert len(copy.tree) == len(talk.tree)
    copy.step(copy.path[0].id, 1)
    assert copy.path[0].text == "Why not?"


def test_markdown_brings_the_branch_on_show_back(archive: Archive, talk: Dialogue, tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    export(archive, [talk.conversation.id], path)
    (added,) = take_in(archive, path)
    copy = Dialogue.open(archive, added.id)
    assert [m.text for m in copy.path] == [m.text for m in talk.path]
    assert len(copy.tree) == 4


def test_markdown_whose_ends_of_lines_an_editor_changed_is_read(
    archive: Archive, talk: Dialogue, tmp_path: Path
) -> None:
    path = tmp_path / "one.md"
    export(archive, [talk.conversation.id], path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (added,) = take_in(archive, path)
    assert [m.text for m in Dialogue.open(archive, added.id).path] == [m.text for m in talk.path]


@pytest.mark.parametrize("name", ["x.json", "x.md", "x.txt"])
@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe\x00", b"Dear diary"])
def test_a_file_that_is_not_ours_is_one_sentence_and_changes_nothing(
    archive: Archive, tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError) as refused:
        take_in(archive, path)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert archive.conversations() == ()


def test_a_file_that_is_missing_or_huge_is_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        take_in(archive, tmp_path / "nothing.json")
    huge = tmp_path / "huge.json"
    huge.touch()
    os.truncate(huge, MOST_BYTES + 1)
    with pytest.raises(FormatError, match="64 MiB"):
        take_in(archive, huge)


def test_a_folder_that_cannot_be_written_to_is_a_sentence(
    archive: Archive, talk: Dialogue, tmp_path: Path
) -> None:
    with pytest.raises(FormatError, match="cannot be written"):
        export(archive, [talk.conversation.id], tmp_path / "missing" / "x.json")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Why: 4/8?", "Why 48.md"), ("..", "conversation.md"), ("", "New conversation.md"), ("a\tb", "a b.md")],
)
def test_a_title_is_a_file_name_on_any_system(title: str, name: str) -> None:
    assert file_name(Conversation(1, title=title), ".md") == name
