"""Asks one question in many ways: other words, small talk around it, careless typing."""

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.golden.demo.entries import CORPUS
from tests.golden.demo.spin import spin


@dataclass(frozen=True)
class Wording:
    """The tables of wording.json."""

    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    synonyms: dict[str, list[str]]
    contractions: dict[str, str]
    fillers: tuple[str, ...]
    chatter: tuple[str, ...]
    stopwords: tuple[str, ...]
    more: tuple[str, ...]
    systems: tuple[str, ...]
    thoughts: tuple[str, ...]
    more_thoughts: tuple[str, ...]

    @classmethod
    def read(cls, path: Path = CORPUS / "wording.json") -> "Wording":
        tables: dict[str, Any] = json.loads(path.read_text())
        return cls(**{name: _frozen(table) for name, table in tables.items() if name != "forms"})

    def ask(self, template: str, rng: random.Random) -> str:
        """`template` as somebody might type it."""
        text = _capital(" ".join(spin(template, rng).split()))
        if rng.random() < 0.5:
            text = self._other_words(text, rng)
        if rng.random() < 0.25:
            text = self._surrounded(text, rng)
        if rng.random() < 0.35:
            text = self._loose(text, rng)
        return self._careless(text, rng)

    def _loose(self, text: str, rng: random.Random) -> str:
        """Small words left out, fillers and words that do not matter put in."""
        words: list[str] = []
        for word in text.split():
            if rng.random() < 0.12:
                words.append(rng.choice(rng.choice((self.fillers, self.chatter))))
            if word.lower() not in self.stopwords or rng.random() > 0.3:
                words.append(word)
        return " ".join(words) or text

    def _other_words(self, text: str, rng: random.Random) -> str:
        for word in rng.sample(sorted(self.synonyms), len(self.synonyms)):
            if rng.random() < 0.5:
                other = rng.choice(self.synonyms[word])
                text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", other, text, count=1)
        return text

    def _surrounded(self, text: str, rng: random.Random) -> str:
        if rng.random() < 0.6:
            prefix = rng.choice(self.prefixes)
            lowered = text[:1].lower() + text[1:] if text[:2].istitle() else text
            text = prefix + (text if prefix.endswith(". ") else lowered)
        return text if rng.random() < 0.6 else text + rng.choice(self.suffixes)

    def _careless(self, text: str, rng: random.Random) -> str:
        if rng.random() < 0.12:
            long, short = rng.choice(list(self.contractions.items()))
            text = re.sub(rf"\b{long}\b", short, text)
        if rng.random() < 0.1:
            text = _typo(text, rng)
        if rng.random() < 0.3:
            text = text.lower()
        if rng.random() < 0.3:
            text = text.rstrip("?.!")
        return text


def _typo(text: str, rng: random.Random) -> str:
    """Two neighbouring letters of a longer word swapped, or one dropped or doubled."""
    words = list(re.finditer(r"[A-Za-z]{5,}", text))
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    pair = text[at : at + 2]
    return text[:at] + rng.choice([pair[::-1], pair[1], pair[0] + pair]) + text[at + 2 :]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _frozen(table: Any) -> Any:
    return tuple(table) if isinstance(table, list) else table
