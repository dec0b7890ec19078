from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.cli.chat import HELP, Terminal
from app.text import Reply
from tests.app.cli.conftest import Quantscope

ARGUMENTS = ("--max-new-tokens", "3", "--seed", "1")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    def type_lines(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_lines


def test_a_pipe_asks_line_by_line_and_history_is_kept(quantscope: Quantscope, talker: Path, typed) -> None:
    typed("Why?", "", "And then?")
    document = quantscope("chat", talker, *ARGUMENTS, "--json").json
    assert [message["role"] for message in document["messages"]] == ["user", "assistant"] * 2
    assert [message["content"] for message in document["messages"][::2]] == ["Why?", "And then?"]


def test_answers_and_only_those_are_printed(quantscope: Quantscope, talker: Path, typed) -> None:
    typed("Why?")
    answer = quantscope("chat", talker, *ARGUMENTS, "--no-think", "--json").json["messages"][1]["content"]
    typed("Why?")
    printed = quantscope("chat", talker, *ARGUMENTS, "--no-think")
    assert printed.out == f"{answer}\n"
    assert printed.err == ""


def test_reset_forgets_and_help_lists(quantscope: Quantscope, talker: Path, typed) -> None:
    typed("/help", "Why?", "/reset", "/think")
    printed = quantscope("chat", talker, *ARGUMENTS)
    assert printed.status == 0
    assert printed.out.startswith(HELP)
    assert printed.out.endswith("A new conversation.\nIt reasons first.\n")
    typed("Why?", "/reset", "How?")
    messages = quantscope("chat", talker, *ARGUMENTS, "--json").json["messages"]
    assert [message["content"] for message in messages[:1]] == ["How?"]


def test_an_unknown_command_ends_a_pipes_chat(quantscope: Quantscope, talker: Path, typed) -> None:
    typed("/nonsense", "Why?")
    assert (
        quantscope("chat", talker, *ARGUMENTS).complaint == "There is no command /nonsense; /help lists them."
    )


def test_a_person_may_go_on_after_a_failure(quantscope: Quantscope, talker: Path, typed, monkeypatch) -> None:
    typed("/nonsense", "Why?")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    result = quantscope("chat", talker, *ARGUMENTS)
    assert result.status == 0
    assert "There is no command /nonsense" in result.out


def test_a_blank_line_parts_reasoning_from_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    terminal, said = Terminal(quiet=False), Reply()
    for piece in (Reply(reasoning="Let me "), Reply("see.", "It"), Reply(answer=" is.")):
        terminal.show(said, piece)
        said += piece
    assert capsys.readouterr().out == "Let me see.\n\nIt is."
