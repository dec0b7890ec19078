"""Guesses the next tokens from what followed the newest ones before: the longest match, its newest place.

Prompt lookup (Saxena 2023) takes the first place of a short match; SuffixDecoding (Oliaro et al. 2024, arXiv
2411.04975) and SAM decoding (Hu et al. 2024, arXiv 2411.10666) the longest match, and guess further the
longer it is. Here the lengths of matches only sort what is counted: how often each kind was right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_MOST_COMPARED = 64  # tokens of a match; more tell no more
# How often the token after a match of 1, 2–3, 4–7, 8–15, 16–31 and more tokens came again, before it was
# counted: about that in prose. It is higher in code.
_PRIOR_CHANCES = (0.15, 0.35, 0.6, 0.8, 0.9, 0.95)
_NEWEST_SHARE = 0.03


class PromptLookup:
    """A context of at most `room` tokens, whose newest `matched` ones stood there before."""

    def __init__(self, ids: Sequence[int], room: int) -> None:
        self._ids = np.empty(room, np.int64)
        self._ids[: len(ids)] = ids
        self._count = len(ids)
        self.matched = self._after = 0
        self._find()

    def extend(self, token: int) -> None:
        goes_on = self.matched > 0 and int(self._ids[self._after]) == token
        self._ids[self._count] = token
        self._count += 1
        if goes_on:  # no other match can have become longer
            self.matched, self._after = self.matched + 1, self._after + 1
        else:
            self._find()

    def guess(self, most: int) -> tuple[int, ...]:
        """`most` tokens that followed the match, again and again where there are fewer; none without one."""
        if self.matched == 0:
            return ()
        return tuple(np.resize(self._ids[self._after : self._count], max(0, most)).tolist())

    def _find(self) -> None:
        """Keep the places after ever more tokens that equal the newest ones, and take the last of them."""
        ids = self._ids[: self._count]
        self.matched = self._after = 0
        longer = np.flatnonzero(ids[:-1] == ids[-1]) + 1 if self._count else ids
        while longer.size and self.matched < _MOST_COMPARED:
            self.matched, self._after = self.matched + 1, int(longer[-1])
            longer = longer[longer > self.matched]
            longer = longer[ids[longer - self.matched - 1] == ids[-self.matched - 1]]


class Chances:
    """How often the token after a match came again, by the length of the match; what is old fades."""

    def __init__(self) -> None:
        self._right = list(_PRIOR_CHANCES)

    def saw(self, matched: int, right: bool) -> None:
        """Whether the token was the one after such a match, guessed or not."""
        kind = _kind(matched)
        self._right[kind] += _NEWEST_SHARE * (right - self._right[kind])

    def expected_tokens(self, matched: int, most: int) -> list[float]:
        """Of passes with 0…`most` guesses after such a match, which is longer by each one that is right."""
        tokens, held = [1.0], 1.0
        for guessed in range(most):
            held *= self._right[_kind(matched + guessed)]
            tokens.append(tokens[-1] + held)
        return tokens


def _kind(matched: int) -> int:
    return min(matched.bit_length(), len(_PRIOR_CHANCES)) - 1
