"""A part of a text: what comes before it is read first, and only the part counts."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from itertools import accumulate

from app.reply import thinking_tokens
from app.text import TextCodec
from app.text.reasoning import CLOSE, OPEN
from gpu.errors import RequestError

PARTS = ("thinking", "answer")


def token_range(text: str) -> tuple[int, int | None]:
    """An argparse type: `16:64`, `16:`, `:64`; the first token and the one after the last."""
    found = re.fullmatch(r"(\d*):(\d*)", text.strip())
    if found is None:
        raise ArgumentTypeError(f"'{text[:40]}' is no range of tokens; write for example 16:64")
    first, last = int(found[1] or 0), int(found[2]) if found[2] else None
    if last is not None and last <= first:
        raise ArgumentTypeError(f"'{text[:40]}' has no token in it; the second number is the larger one")
    return first, last


def add_arguments(parser: ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--part",
        choices=PARTS,
        help=f"count only what the text thinks, {OPEN}…{CLOSE}, or only the answer that follows",
    )
    group.add_argument(
        "--range",
        type=token_range,
        metavar="FIRST:END",
        help="count only these tokens, such as 16:64; those before are read first",
    )


def parted(
    args: Namespace, codec: TextCodec | None, ids: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """The tokens before the part, and the part's.

    Raises:
        RequestError: the text has no such part.
    """
    if args.range is not None:
        first, last = args.range
        if first >= len(ids) or (last or 0) > len(ids):
            raise RequestError(
                f"The text has {len(ids):,} tokens; --range must end at {len(ids):,} or before."
            )
        return ids[:first], ids[first:last]
    if args.part is None:
        return (), ids
    start = None if codec is None else _opening(codec, ids)
    if codec is None or start is None:
        raise RequestError(
            f"The text has no {OPEN} tag; --part needs one, and {CLOSE} with an answer after it."
        )
    end = start + thinking_tokens(codec, ids[:start], ids[start:])
    if end >= len(ids):
        raise RequestError(f"No answer follows the thinking; the text needs {CLOSE} and something after it.")
    return (ids[:start], ids[start:end]) if args.part == "thinking" else (ids[:end], ids[end:])


def _opening(codec: TextCodec, ids: Sequence[int]) -> int | None:
    """The token that the last opening tag begins with."""
    pieces = [codec.token_bytes(token) for token in ids]
    at = b"".join(pieces).rfind(OPEN.encode())
    ends = accumulate(map(len, pieces))
    return next(place for place, end in enumerate(ends) if end > at) if at >= 0 else None
