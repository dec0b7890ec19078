"""A real process is killed while it writes; what it said it had written is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app import kill


@pytest.mark.parametrize("tokens", [1, 70, kill.TOKENS, 2 * kill.TOKENS + 1])
def test_a_kill_costs_no_message(tmp_path: Path, tokens: int) -> None:
    loss = kill.kill(tmp_path / "conversations.sqlite3", tokens)
    assert (loss.messages, loss.notice) == (0, "")


def test_what_is_missing_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    kill.kill(path, 40)
    said = [(turn, token, float(token)) for turn in range(2) for token in range(kill.TOKENS)]
    loss = kill.compare(path, said, killed_ms=400.0)
    assert loss.messages >= 2  # the rest of the first answer and the second question
    assert (loss.tokens, loss.lost_ms) == (kill.TOKENS, 400.0)
