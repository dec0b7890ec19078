"""Turns sampled text into packed rows of token ids with segments and loss weights."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
from tokenizers import Tokenizer

from tests.golden.demo.conversations import Conversation, Sampler
from tests.golden.demo.tokens import END_OF_TEXT, THINK, TURN_END, TURN_START

TEMPLATE = Path(__file__).parent / "template.jinja"
NOTES_SHARE = 0.07
FIRST_WORDS, FIRST_WEIGHT = 8, 3.0  # which answer it is gets decided in its first tokens
BROKEN_OFF = 0.5  # of the single questions: more of them fit into a batch without the rest of the answer
READ_WEIGHT = 0.1  # of tokens the model only reads, relative to those it must write


@dataclass(frozen=True)
class Batch:
    """Arrays [rows, tokens]: inputs, what follows each, the text each belongs to, and how much it counts."""

    ids: np.ndarray
    targets: np.ndarray
    segments: np.ndarray
    weights: np.ndarray


class Batches:
    """An endless, seeded source of batches."""

    def __init__(self, sampler: Sampler, tokenizer: Tokenizer, seed: int) -> None:
        self._sampler, self._tokenizer, self._rng = sampler, tokenizer, random.Random(seed)
        self._template = jinja2.Environment(autoescape=False).from_string(TEMPLATE.read_text())
        self._end_of_text, self._start, self._end, self._think = (
            tokenizer.token_to_id(token) for token in (END_OF_TEXT, TURN_START, TURN_END, THINK)
        )
        self._assistant = tokenizer.encode("assistant\n").ids

    def batch(self, rows: int, tokens: int, longest: int) -> Batch:
        """`rows` rows of `tokens` tokens, of conversations of at most `longest` turns."""
        packed = [self._row(tokens + 1, longest) for _ in range(rows)]
        ids, segments, weights = (np.stack(part) for part in zip(*packed, strict=True))
        same = segments[:, 1:] == segments[:, :-1]
        return Batch(ids[:, :-1], ids[:, 1:], segments[:, :-1], (weights[:, 1:] * same).astype(np.float32))

    def _row(self, tokens: int, longest: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        ids, segments, weights = (np.zeros(tokens, kind) for kind in (np.int64, np.int64, np.float32))
        used = 0
        for number, (text_ids, text_weights) in enumerate(self._texts(longest)):
            end = min(used + len(text_ids), tokens)
            ids[used:end], weights[used:end] = text_ids[: end - used], text_weights[: end - used]
            segments[used:end], used = number, end
            if used == tokens:
                return ids, segments, weights
        raise AssertionError("the source of texts is endless")

    def _texts(self, longest: int) -> Iterator[tuple[list[int], list[float]]]:
        while True:
            if self._rng.random() < NOTES_SHARE:
                ids = [*self._tokenizer.encode(self._sampler.notes(self._rng)).ids, self._end_of_text]
                yield ids, [1.0] * len(ids)
            else:
                yield self._conversation(self._sampler.conversation(self._rng, longest))

    def _conversation(self, conversation: Conversation) -> tuple[list[int], list[float]]:
        ids = self._tokenizer.encode(self.render(conversation)).ids
        weights = self._weights(ids, conversation.thinking)
        if len(conversation.turns) == 1 and self._rng.random() < BROKEN_OFF:
            last = len(weights) - weights[::-1].index(FIRST_WEIGHT)
            return ids[:last], weights[:last]
        return ids, weights

    def render(self, conversation: Conversation) -> str:
        """The conversation in the model's own template."""
        return self._template.render(messages=conversation.messages())

    def _weights(self, ids: list[int], thinking: bool) -> list[float]:
        """1 for what the assistant writes; 0 where the choice to think or not is the template's."""
        weights = [READ_WEIGHT] * len(ids)
        header = [self._start, *self._assistant]
        for start in (at + len(header) for at in range(len(ids)) if ids[at : at + len(header)] == header):
            given = 4 if ids[start] == self._think and not thinking else int(ids[start] != self._think)
            first, end = start + given, ids.index(self._end, start) + 1
            weights[start:first] = [0.0] * given
            weights[first:end] = [1.0] * (end - first)
            emphasis = min(FIRST_WORDS, end - first)
            weights[first : first + emphasis] = [FIRST_WEIGHT] * emphasis
        return weights
