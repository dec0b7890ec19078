"""What of a conversation goes into the prompt when the context cannot hold all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from app.messages import Question, Turn
from app.reply import prompt_ids
from app.text import TextCodec
from gpu.errors import RequestError

_ROOM_SHARE = 4  # a quarter of the context is kept for the answer, and forgotten at a time
_SURELY_SMALL_BYTES = 1 << 16
_MOST_SHRINKING = 3  # what a tokenizer's normalization can do to a text: nine bytes of Hangul become three


class Prompt(NamedTuple):
    """Token ids to continue; `forgotten` turns of the conversation were left out."""

    ids: tuple[int, ...]
    forgotten: int = 0


def fit_prompt(codec: TextCodec, question: Question, context_tokens: int) -> Prompt:
    """The prompt of a question; with `when_full` "forget" without the oldest turns where all do not fit.

    Turns are forgotten a quarter of the context at a time, so that the beginning of the prompt, and with it
    what the cache holds, stays the same for several questions.

    Raises:
        RequestError: nothing that may be forgotten makes enough room.
        TextError: the conversation cannot be put into words for this model.
    """
    if question.when_full == "stop":
        check_size(codec, question.turns, context_tokens)
        ids = prompt_ids(codec, question.turns, question.thinking)
        if len(ids) >= context_tokens and sum(turn.role == "user" for turn in question.turns) > 1:
            raise RequestError(
                f"The conversation has {len(ids):,} tokens and the context holds {context_tokens:,}; let it "
                "forget its oldest turns (Sampling), or load the model with a longer context."
            )
        return Prompt(ids)
    room_tokens = context_tokens - len(question.answer_ids) - _reserve(question, context_tokens)
    for count in _ways_to_forget(codec, question.turns, context_tokens):
        turns = without_oldest(question.turns, count)
        if _surely_too_long(codec, turns, context_tokens):
            continue
        ids = prompt_ids(codec, turns, question.thinking)
        if len(ids) <= room_tokens:
            return Prompt(ids, len(question.turns) - len(turns))
    raise RequestError(
        f"The context of {context_tokens:,} tokens cannot hold the last question and an answer, even with "
        "everything before it forgotten; shorten it or load the model with a longer context."
    )


def without_oldest(turns: Sequence[Turn], count: int) -> tuple[Turn, ...]:
    """Without the first `count` exchanges; the system prompt and the last question always stay."""
    first = 1 if turns and turns[0].role == "system" else 0
    starts = [place for place, turn in enumerate(turns) if turn.role == "user"]
    kept_from = starts[min(count, len(starts) - 1)] if count and starts else first
    return (*turns[:first], *turns[kept_from:])


def check_size(codec: TextCodec, turns: Sequence[Turn], context_tokens: int) -> None:
    """Refuse at once what no tokenizer could make fit: to tokenize ten million characters takes seconds."""
    if _surely_too_long(codec, turns, context_tokens):
        characters = sum(len(turn.text) for turn in turns)
        raise RequestError(
            f"The conversation has {characters:,} characters and the context holds "
            f"{context_tokens:,} tokens; shorten it or load the model with a longer context."
        )


def _surely_too_long(codec: TextCodec, turns: Sequence[Turn], context_tokens: int) -> bool:
    size_bytes = sum(len(turn.text.encode("utf-8", "replace")) for turn in turns)
    if size_bytes <= _SURELY_SMALL_BYTES:
        return False
    return size_bytes > _MOST_SHRINKING * context_tokens * codec.longest_token_bytes


def _reserve(question: Question, context_tokens: int) -> int:
    """Tokens kept free for the answer."""
    return min(context_tokens // _ROOM_SHARE, question.max_new_tokens or context_tokens)


def _ways_to_forget(codec: TextCodec, turns: Sequence[Turn], context_tokens: int) -> Iterator[int]:
    """How many exchanges to leave out, fewest first: none, then a quarter of the context more each time."""
    yield 0
    step = max(1, context_tokens // _ROOM_SHARE)
    reached = 0
    sizes = _sizes(codec, turns, context_tokens)[:-1]  # the last question stays
    for count, size in enumerate(accumulate(sizes), 1):
        if size // step > reached or count == len(sizes):
            reached = size // step
            yield count


def _sizes(codec: TextCodec, turns: Sequence[Turn], context_tokens: int) -> list[int]:
    """Tokens of each exchange, without what the template puts around them."""
    sizes: list[int] = []
    for turn in turns:
        if turn.role == "user":
            sizes.append(0)
        if sizes:
            too_long = _surely_too_long(codec, (turn,), context_tokens)
            sizes[-1] += context_tokens if too_long else len(codec.encode(turn.text))
    return sizes
