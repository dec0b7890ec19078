"""What kill -9 costs: `python -m tests.app.kill 200`.

Each run starts a process that asks and answers in turn through the real archive and says on its output what
it has written; after a random number of tokens it is killed, and what the database holds is compared with
what was said. Prints, as JSON, the messages lost (there should be none) and how much of the last answer was.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.conversations import Archive
from app.dialogue import Dialogue, Origin

TOKENS = 150  # of an answer
TOKEN_S = 0.002
MOST_TOKENS = 600  # before the kill
SEED = 0


@dataclass(frozen=True)
class Loss:
    """`messages` are questions and finished answers that are not there; `lost_ms` is the age of the oldest
    token of the last answer that is not.
    """

    messages: int
    tokens: int
    lost_ms: float
    notice: str


def write(path: Path, token_s: float) -> None:
    """Ask and answer until killed; says `turn token milliseconds` of each token that was handed over."""
    archive = Archive(path)
    dialogue = Dialogue(archive, archive.begin())
    turn = 0
    while True:
        key = dialogue.ask(question(turn), Origin())
        for token in range(TOKENS):
            answer = dialogue.tree[key].with_more("", word(token))
            is_last = token == TOKENS - 1
            dialogue.update(replace(answer, state="done") if is_last else answer)
            os.write(1, f"{turn} {token} {time.monotonic() * 1e3:.1f}\n".encode())
            time.sleep(token_s)
        turn += 1


def question(turn: int) -> str:
    return f"question {turn}"


def word(token: int) -> str:
    return f"{token} "


def kill(path: Path, after_tokens: int, token_s: float = TOKEN_S) -> Loss:
    """Kill a writing process once it has said that many tokens, and look at what it left."""
    command = [sys.executable, "-m", __name__ if __spec__ is None else __spec__.name, "--write", str(path)]
    command += ["--token-s", str(token_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [line for line, _ in zip(writer.stdout, range(after_tokens), strict=False)]
        writer.kill()
        killed_ms = time.monotonic() * 1e3
        said += [line for line in writer.stdout if line.endswith("\n")]
    return compare(path, list(parse(said)), killed_ms)


def parse(lines: list[str]) -> Iterator[tuple[int, int, float]]:
    for line in lines:
        turn, token, at_ms = line.split()
        yield int(turn), int(token), float(at_ms)


def compare(path: Path, said: list[tuple[int, int, float]], killed_ms: float) -> Loss:
    archive = Archive(path)
    (talk,) = archive.conversations()
    kept = archive.messages(talk.id).path(Dialogue.open(archive, talk.id).conversation.leaf)
    archive.close()
    last_turn = said[-1][0]
    whole = "".join(map(word, range(TOKENS)))
    expected = [text for turn in range(last_turn) for text in (question(turn), whole)] + [question(last_turn)]
    missing = sum(text != want for text, want in zip([m.text for m in kept], expected, strict=False))
    missing += max(0, len(expected) - len(kept))
    there = len(kept[len(expected)].text.split()) if len(kept) > len(expected) else 0
    lost = [at_ms for turn, token, at_ms in said if turn == last_turn and token >= there]
    return Loss(missing, len(lost), killed_ms - lost[0] if lost else 0.0, archive.notice)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=200)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--token-s", type=float, default=TOKEN_S, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write is not None:
        write(arguments.write, arguments.token_s)
        return
    chance = random.Random(SEED)
    losses = []
    for _ in range(arguments.runs):
        with tempfile.TemporaryDirectory() as directory:
            losses.append(kill(Path(directory) / "conversations.sqlite3", chance.randint(1, MOST_TOKENS)))
    print(json.dumps(summary(losses)))


def summary(losses: list[Loss]) -> dict[str, float]:
    lost_ms = sorted(loss.lost_ms for loss in losses)
    return {
        "runs": len(losses),
        "messages_lost": sum(loss.messages for loss in losses),
        "databases_damaged": sum(bool(loss.notice) for loss in losses),
        "median_lost_ms": round(lost_ms[len(lost_ms) // 2], 1),
        "longest_lost_ms": round(lost_ms[-1], 1),
        "most_tokens_lost": max(loss.tokens for loss in losses),
    }


if __name__ == "__main__":
    main()
