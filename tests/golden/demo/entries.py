"""Reads the corpus: Markdown files of questions and answers.

# outlier channels                  the topic, as a heading
? Which [channels|features] spike?  a question, with alternatives in brackets
whats: outlier channels; spikes     nouns or clauses for the question forms of wording.json
> A few channels ...                an answer; several lines are alternative answers
+ They are the same ...             what to say when asked for more
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.golden.demo.spin import Sentence, sentences

CORPUS = Path(__file__).parent / "corpus"
FORMS = ("what", "whats", "why", "how")


@dataclass(frozen=True)
class Entry:
    """One thing the model knows: how it may be asked for and what it answers."""

    topic: str
    questions: tuple[str, ...]
    answers: tuple[tuple[Sentence, ...], ...]
    more: tuple[tuple[Sentence, ...], ...]


@dataclass
class _Draft:
    topic: str
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)

    def entry(self) -> Entry:
        if not self.questions or not self.answers:
            raise ValueError(f"Topic {self.topic!r} needs a question and an answer.")
        return Entry(
            self.topic,
            tuple(self.questions),
            tuple(sentences(text) for text in self.answers),
            tuple(sentences(text) for text in self.more),
        )


def read_entries(folder: Path = CORPUS) -> list[Entry]:
    """Every entry of the corpus's Markdown files, in the order of their names.

    Raises ValueError for a line that is not of the format above.
    """
    forms = json.loads((folder / "wording.json").read_text())["forms"]
    return [entry for path in sorted(folder.glob("*.md")) for entry in _parse(path.read_text(), forms)]


def _parse(text: str, forms: dict[str, list[str]]) -> Iterator[Entry]:
    draft: _Draft | None = None
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("# "):
            if draft:
                yield draft.entry()
            draft = _Draft(line[2:])
        elif draft is None:
            raise ValueError(f"No topic before {line!r}.")
        else:
            _add(draft, line, forms)
    if draft:
        yield draft.entry()


def _add(draft: _Draft, line: str, forms: dict[str, list[str]]) -> None:
    mark, _, rest = line.partition(" ")
    if mark == "?":
        draft.questions.append(rest)
    elif mark == ">":
        draft.answers.append(rest)
    elif mark == "+":
        draft.more.append(rest)
    elif mark.removesuffix(":") in FORMS:
        draft.questions += _asked(rest, forms[mark.removesuffix(":")])
    else:
        raise ValueError(f"Unknown line {line!r} under {draft.topic!r}.")


def _asked(subjects: str, forms: list[str]) -> list[str]:
    """Each subject in a bracket of all forms, so that forms do not outweigh the written questions."""
    return ["[" + "|".join(form.format(x) for form in forms) + "]" for x in subjects.split("; ")]
