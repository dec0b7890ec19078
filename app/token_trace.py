"""What is remembered of an answer: how likely each token was, what else could have come, how far it strayed.

It holds the bytes of every token it names, so that an answer opens up when no tokenizer is at hand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from gpu.token_detail import ALTERNATIVES, TokenDetail

NO_TOKEN = -1
_BATCH = 256  # tokens packed at once, in about 2 ms
Rows = npt.NDArray[np.void]
TOKEN_ROW = np.dtype(
    [
        ("token_id", "<i4"),
        ("probability", "<f4"),
        ("entropy_nats", "<f4"),
        ("chance", "<f4"),  # not a number: the person chose this token
        ("top_ids", "<i4", (ALTERNATIVES,)),  # likeliest first, then NO_TOKEN
        ("top_probabilities", "<f4", (ALTERNATIVES,)),
    ]
)
SCORE_ROW = np.dtype(
    [
        ("kl_nats", "<f4"),
        ("same_top", "?"),
        ("reference_probability", "<f4"),
        ("scheme_probability", "<f4"),
    ]
)


@dataclass(frozen=True)
class TraceEntry:
    """One token: its bytes, and those of each alternative in the order of `detail.top_ids`."""

    detail: TokenDetail
    piece: bytes
    top_pieces: tuple[bytes, ...] = ()


@dataclass(frozen=True, eq=False)
class Score:
    """How far `scheme` strayed from `reference` at every token; `rows` are SCORE_ROW [tokens].

    `kl_nats` is KL(reference ‖ scheme) of the distributions the token was drawn from; `same_top` whether
    both put the same token first; the probabilities are what each gave to the token that was written.
    """

    scheme: str
    reference: str
    rows: Rows = field(repr=False)


@dataclass(frozen=True, eq=False)
class TokenTrace:
    """The tokens of one answer, TOKEN_ROW [tokens], never written again.

    `model` names the checkpoint whose ids these are; `pieces` are the bytes of every id in `rows`.
    """

    model: str
    rows: Rows = field(repr=False)
    pieces: Mapping[int, bytes] = field(repr=False)
    scores: tuple[Score, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def token_ids(self) -> tuple[int, ...]:
        return tuple(self.rows["token_id"].tolist())

    def token_pieces(self) -> list[bytes]:
        """The bytes of every token."""
        return [self.pieces[token] for token in self.token_ids()]

    def alternatives(self, index: int) -> list[tuple[int, float]]:
        """The likeliest tokens at a place and their probabilities, likeliest first."""
        row = self.rows[index]
        pairs = zip(row["top_ids"].tolist(), row["top_probabilities"].tolist(), strict=True)
        return [(token, share) for token, share in pairs if token != NO_TOKEN]

    def index_of(self, text: str, offset: int) -> int | None:
        """Which token wrote the character at `offset` of the answer's `text`.

        None if the tokens do not spell that text: it was edited, or has bytes that are no character.
        """
        pieces, written = self.token_pieces(), text.encode(errors="surrogatepass")
        before = b"".join(pieces).rfind(written)  # thoughts come before it
        if before < 0 or not 0 <= offset < len(text):
            return None
        at = before + len(text[:offset].encode(errors="surrogatepass"))
        return bisect_right(list(accumulate(map(len, pieces))), at)

    def with_choice(self, index: int, token_id: int) -> TokenTrace:
        """Up to `index`, and there one of its alternatives as the person's choice. Nothing of it is scored.

        Raises:
            KeyError: it is none of the alternatives.
        """
        rows = self.rows[: index + 1].copy()
        rows[-1]["probability"] = dict(self.alternatives(index))[token_id]
        rows[-1]["token_id"] = token_id
        rows[-1]["chance"] = np.nan
        return replace(self, rows=rows, scores=())

    def score(self, scheme: str, reference: str) -> Score | None:
        """The score of this pair, if it was measured."""
        pair = (scheme, reference)
        return next((s for s in self.scores if (s.scheme, s.reference) == pair), None)

    def with_score(self, score: Score) -> TokenTrace:
        """With this score in the place of any older one of the same pair."""
        pair = (score.scheme, score.reference)
        kept = tuple(s for s in self.scores if (s.scheme, s.reference) != pair)
        return replace(self, scores=(*kept, score))


class TraceBuilder:
    """Collects an answer's tokens as they come; `start` is what it goes on after.

    They are packed a batch at a time: the objects of 32,000 entries would hold the window up for 50 ms
    whenever Python looks through all it has for what nobody holds any more.
    """

    def __init__(self, model: str, start: TokenTrace | None = None) -> None:
        self._model = model
        self._start = start
        self._entries: list[TraceEntry] = []
        self._packed: list[Rows] = [] if start is None else [start.rows]
        self._pieces: dict[int, bytes] = {} if start is None else dict(start.pieces)

    def append(self, entry: TraceEntry) -> None:
        self._entries.append(entry)
        if len(self._entries) == _BATCH:
            self._packed.append(_rows(self._entries))
            self._pieces.update(_all_named(self._entries))
            self._entries = []

    def trace(self) -> TokenTrace:
        """Everything so far. What was measured of the start is kept only while nothing was added.

        It changes nothing, since it may be built on two threads at once.
        """
        if self._start is not None and len(self._packed) == 1 and not self._entries:
            return self._start
        rows = np.concatenate([*self._packed, _rows(self._entries)])
        return TokenTrace(self._model, rows, {**self._pieces, **dict(_all_named(self._entries))})


def _rows(entries: Sequence[TraceEntry]) -> Rows:
    return np.array([_row(entry.detail) for entry in entries], TOKEN_ROW)


def _all_named(entries: Iterable[TraceEntry]) -> Iterator[tuple[int, bytes]]:
    return (pair for entry in entries for pair in _named(entry))


def _named(entry: TraceEntry) -> Iterable[tuple[int, bytes]]:
    yield entry.detail.token_id, entry.piece
    yield from zip(entry.detail.top_ids, entry.top_pieces, strict=True)


def _row(detail: TokenDetail) -> tuple[object, ...]:
    ids, shares = detail.top_ids[:ALTERNATIVES], detail.top_probabilities[:ALTERNATIVES]
    missing = ALTERNATIVES - len(ids)
    return (
        detail.token_id,
        detail.probability,
        detail.entropy_nats,
        detail.chance,
        (*ids, *(NO_TOKEN,) * missing),
        (*shares, *(0.0,) * missing),
    )
