"""Samples what the model reads: conversations, questions beyond its knowledge, and plain notes."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from tests.golden.demo.entries import CORPUS, Entry
from tests.golden.demo.spin import Sentence
from tests.golden.demo.wording import Wording


@dataclass(frozen=True)
class Turn:
    """A question, its answer and a one-sentence thought that could precede it."""

    question: str
    answer: str
    thought: str


@dataclass(frozen=True)
class Conversation:
    """What is said, oldest turn first; `thinking` is whether the last answer shows its thought."""

    turns: tuple[Turn, ...]
    system: str | None
    thinking: bool

    def messages(self) -> list[dict[str, str]]:
        """In the form that chat templates take."""
        said = [{"role": "system", "content": self.system}] if self.system else []
        for turn in self.turns:
            said.append({"role": "user", "content": turn.question})
            said.append({"role": "assistant", "content": turn.answer})
        if self.thinking:
            said[-1]["reasoning_content"] = self.turns[-1].thought
        return said


@dataclass(frozen=True)
class OutOfDomain:
    """Question forms and words of out_of_domain.json, all answered by not knowing."""

    answers: list[str]
    questions: list[str]
    slots: dict[str, list[str]]

    @classmethod
    def read(cls, path: Path = CORPUS / "out_of_domain.json") -> "OutOfDomain":
        return cls(**json.loads(path.read_text()))

    def sample(self, wording: Wording, rng: random.Random) -> Turn:
        words = {slot: rng.choice(choices) for slot, choices in self.slots.items()}
        question = wording.ask(rng.choice(self.questions).format(**words), rng)
        return Turn(question, rng.choice(self.answers), "I have not learned about this. I will say so.")


@dataclass(frozen=True)
class Sampler:
    """Draws training text; never a held-out sentence."""

    entries: list[Entry]
    wording: Wording
    out_of_domain: OutOfDomain

    def turn(self, entry: Entry, rng: random.Random) -> Turn:
        question = entry.topic if rng.random() < 0.05 else rng.choice(entry.questions)
        answer = training_text(rng.choice(entry.answers), rng)
        thought = rng.choice(self.wording.thoughts).format(entry.topic)
        return Turn(self.wording.ask(question, rng), answer, thought)

    def more(self, entry: Entry, rng: random.Random) -> Turn:
        thought = rng.choice(self.wording.more_thoughts).format(entry.topic)
        return Turn(
            self.wording.ask(rng.choice(self.wording.more), rng),
            training_text(rng.choice(entry.more), rng),
            thought,
        )

    def conversation(self, rng: random.Random, longest: int) -> Conversation:
        """At most `longest` turns, mostly one; every fourth one thinks, every fourth has a system message."""
        lengths = range(1, longest + 1)
        wanted = rng.choices(lengths, weights=[1 / length**2 for length in lengths])[0]
        turns: list[Turn] = []
        while len(turns) < wanted:
            turns += self._topic(rng)
        system = rng.choice(self.wording.systems) if rng.random() < 0.25 else None
        return Conversation(tuple(turns[:wanted]), system, rng.random() < 0.25)

    def _topic(self, rng: random.Random) -> list[Turn]:
        if rng.random() < 0.08:
            return [self.out_of_domain.sample(self.wording, rng)]
        weights = [len(entry.questions) ** 0.5 for entry in self.entries]
        entry = rng.choices(self.entries, weights)[0]
        turns = [self.turn(entry, rng)]
        return [*turns, self.more(entry, rng)] if entry.more and rng.random() < 0.6 else turns

    def notes(self, rng: random.Random) -> str:
        """Three topics as plain text, each under its heading."""
        entries = rng.sample(self.entries, 3)
        return "\n\n".join(note(entry, training_text(rng.choice(entry.answers), rng)) for entry in entries)


def note(entry: Entry, text: str) -> str:
    """A topic in plain text."""
    return f"{entry.topic[:1].upper()}{entry.topic[1:]}\n{text}"


def training_text(answer: tuple[Sentence, ...], rng: random.Random) -> str:
    """A wording of `answer` that is not held out."""
    return " ".join(rng.choice(sentence.train) for sentence in answer)


def held_out_notes(entries: list[Entry], rng: random.Random) -> str:
    """A note on every topic that has held-out sentences, made of these alone: the text for perplexity."""
    notes = []
    for entry in rng.sample(entries, len(entries)):
        held = [s.held_out for answer in (*entry.answers[:1], *entry.more[:1]) for s in answer if s.held_out]
        if held:
            notes.append(note(entry, " ".join(rng.choice(choices) for choices in held)))
    return "\n\n".join(notes) + "\n"
