"""A process that writes conversations is killed for real; `python -m tests.app.kill 200` does it often."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.kill import FILE, Said, killed_run
from tests.patience import PATIENCE_S


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_loses_nothing_that_was_settled_and_of_an_answer_nothing_that_was_written(
    tmp_path: Path, seed: int
) -> None:
    """It comes as soon as what was said at some moment is on the disk, amid an answer or between two."""
    count = random.Random(seed).randint(20, 250)
    path = tmp_path / FILE
    held: list[Said] = []

    def is_time(said: list[Said]) -> bool:
        held[:] = said[count - 1 : count]
        return bool(held) and is_kept(path, held[0])

    loss = killed_run(tmp_path, seed, is_time, PATIENCE_S)
    assert loss.settled
    assert loss.messages == 0
    assert is_kept(path, held[0])


def is_kept(path: Path, said: Said) -> bool:
    """Whether at least as much of a message, or a title, is on the disk as was said."""
    column, table = ("title", "conversation") if said.kind == "title" else ("text", "message")
    with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as reader:
        rows = reader.execute(f"SELECT {column} FROM {table} WHERE id = ?", (said.key,)).fetchall()
    return any(kept.startswith(said.text) for (kept,) in rows)
