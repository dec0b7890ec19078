"""A process that writes conversations is killed for real; `python -m tests.app.kill 200` does it often."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.app.kill import killed_run

MOST_MS = 1000


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_loses_at_most_the_last_second_of_the_running_answer(tmp_path: Path, seed: int) -> None:
    loss = killed_run(tmp_path, seed, after_s=random.Random(seed).uniform(0.2, 1.5))
    assert loss.settled
    assert loss.messages == 0
    assert loss.answer_ms <= MOST_MS
