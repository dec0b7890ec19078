"""Alternatives in brackets: "a [small|little] model" stands for two sentences."""

import hashlib
import random
import re
from dataclasses import dataclass

INNERMOST = re.compile(r"\[([^\[\]]*)\]")
SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=\[?[A-Z0-9])")


def variants(template: str, limit: int = 2048) -> list[str]:
    """Every sentence that `template` stands for, at most `limit` of them, in a fixed order."""
    found = [template]
    while any(INNERMOST.search(text) for text in found):
        found = [one for text in found for one in _open_first(text)][:limit]
    return found


def spin(template: str, rng: random.Random) -> str:
    """One of the sentences that `template` stands for."""
    while match := INNERMOST.search(template):
        template = template[: match.start()] + rng.choice(match[1].split("|")) + template[match.end() :]
    return template


def _open_first(text: str) -> list[str]:
    match = INNERMOST.search(text)
    if match is None:
        return [text]
    return [text[: match.start()] + choice + text[match.end() :] for choice in match[1].split("|")]


@dataclass(frozen=True)
class Sentence:
    """The variants of one sentence, split into those for training and those held out for perplexity."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]

    @classmethod
    def from_template(cls, template: str) -> "Sentence":
        """Hold out a quarter of the variants, chosen by hash; none where there are fewer than four."""
        ordered = sorted(variants(template), key=lambda text: hashlib.sha256(text.encode()).digest())
        count = len(ordered) // 4
        return cls(train=tuple(ordered[count:]), held_out=tuple(ordered[:count]))


def sentences(template: str) -> tuple[Sentence, ...]:
    """The sentences of an answer, each with its own variants."""
    return tuple(Sentence.from_template(part) for part in SENTENCE_END.split(template))
