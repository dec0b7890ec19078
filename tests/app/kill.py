"""What a kill -9 costs: `python -m tests.app.kill [RUNS]`.

A process of its own asks, answers, edits and renames through the code the window uses, and says in a file
what it has done (a pipe that nobody reads would hold it up). It is killed at a random moment; then its
database is opened as at a next start and held against what it had said. Prints, as JSON, what was lost.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.conversations import Archive
from app.dialogue import Dialogue, Origin
from app.messages import ModelWish
from tests.patience import PATIENCE_S

FILE, SAID = "conversations.sqlite3", "said"
POLL_S = 0.01
PIECE = "token "
PIECE_S = 0.004  # 250 tokens a second
MOST_PIECES = 400
ORIGIN = Origin(ModelWish("demo").model, "W4A8")


@dataclass(frozen=True)
class Said:
    """A line of the process: when (CLOCK_MONOTONIC, s), and what it holds of a message or a conversation."""

    at_s: float
    kind: str  # "settled": will never change again; "writing": an answer so far; "title"
    key: int
    text: str


IsTime = Callable[[Sequence[Said]], bool]


@dataclass(frozen=True)
class Loss:
    """What one kill cost. `messages` counts settled messages and titles that are gone or different."""

    messages: int
    settled: int
    answer_ms: float
    was_writing: bool


def write(path: Path, seed: int, patience_s: float) -> None:
    """The process that will be killed: goes on for ever.

    The window waits a moment for the disk, and no longer; `patience_s` more are waited for a slow one.
    """
    archive = Archive(path)
    chance = random.Random(seed)
    while True:
        talk = Dialogue(archive, archive.begin())
        for number in range(chance.randint(1, 4)):
            if number and chance.random() < 0.3:
                key = talk.ask_instead(talk.path[0].id, f"Or why {number}?", ORIGIN)
            else:
                key = talk.ask(f"Why {number}?", ORIGIN)
            archive.recorder.drain(patience_s)
            parent = talk.tree.parent_of(key)
            if parent is not None:
                say("settled", parent, talk.tree[parent].text)
            answer(talk, key, chance.randint(1, MOST_PIECES))
        archive.rename(talk.conversation.id, f"Renamed {talk.conversation.id}")
        archive.settle()
        archive.recorder.drain(patience_s)
        say("title", talk.conversation.id, f"Renamed {talk.conversation.id}")


def answer(talk: Dialogue, key: int, pieces: int) -> None:
    for _ in range(pieces):
        talk.update(talk.tree[key].with_more("", PIECE))
        say("writing", key, talk.tree[key].text)
        time.sleep(PIECE_S)
    talk.update(replace(talk.tree[key], state="done"))


def say(kind: str, key: int, text: str) -> None:
    """One write, so that a kill leaves no half line before the last."""
    os.write(1, f"{json.dumps([time.monotonic(), kind, key, text])}\n".encode())


def killed_run(folder: Path, seed: int, is_time: IsTime, patience_s: float = 0.0) -> Loss:
    """Start the process, kill it when it is time after what it said, and count what its database lacks."""
    path, said = folder / FILE, folder / SAID
    command = [sys.executable, "-m", "tests.app.kill", "write", str(path), str(seed), str(patience_s)]
    with said.open("wb") as output, subprocess.Popen(command, stdout=output) as process:
        end_s = time.monotonic() + PATIENCE_S
        while not is_time(lines(said)):
            if process.poll() is not None or time.monotonic() > end_s:
                process.kill()
                raise RuntimeError("the process ended, or said too little")
            time.sleep(POLL_S)
        killed_s = time.monotonic()
        process.send_signal(signal.SIGKILL)
    return compare(path, [one for one in lines(said) if one.at_s <= killed_s], killed_s)


def lines(output: Path) -> list[Said]:
    """What was said; the last line may be cut off."""
    text = output.read_text()
    return [Said(*json.loads(line)) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def after(seconds: float) -> IsTime:
    return lambda said: bool(said) and time.monotonic() > said[0].at_s + seconds


def compare(path: Path, said: list[Said], killed_s: float) -> Loss:
    """Open the database as the program does and hold it against what was said."""
    archive = Archive(path)
    if archive.notice:
        raise RuntimeError(archive.notice)
    kept = {m.id: m for talk in archive.conversations() for m in archive.messages(talk.id)}
    titles = {talk.id: talk.title for talk in archive.conversations()}
    archive.close()
    texts = {key: message.text for key, message in kept.items()}
    settled = [one for one in said if one.kind == "settled"]
    lost = [one for one in settled if texts.get(one.key) != one.text]
    lost += [one for one in said if one.kind == "title" and titles.get(one.key) != one.text]
    growing = {one.key: one for one in said if one.kind == "writing"}
    *ended, running = growing.values() if growing else [None]
    lost += [one for one in ended if one is not None and texts.get(one.key) != one.text]
    missing = [
        one for one in said if running and one.key == running.key and len(one.text) > kept_length(one, texts)
    ]
    answer_ms = (killed_s - missing[0].at_s) * 1000 if missing else 0.0
    was_writing = running is not None and running.key in kept and kept[running.key].state == "interrupted"
    return Loss(len(lost), len(settled) + len(ended), answer_ms, was_writing)


def kept_length(one: Said, texts: dict[int, str]) -> int:
    return len(texts.get(one.key, ""))


def main(runs: int) -> None:
    losses = []
    for seed in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            losses.append(killed_run(Path(folder), seed, after(random.Random(seed).uniform(0, 4))))
    print(
        json.dumps(
            {
                "runs": runs,
                "killed_while_an_answer_was_written": sum(loss.was_writing for loss in losses),
                "messages_before_the_running_answer": sum(loss.settled for loss in losses),
                "of_them_lost": sum(loss.messages for loss in losses),
                "longest_loss_of_the_running_answer_ms": round(max(loss.answer_ms for loss in losses)),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
