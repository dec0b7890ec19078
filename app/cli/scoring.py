"""What commands share that score a model on a text: the text, and the windows it is scored in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from app.cli import arguments
from app.library import DEMO, HELD_OUT_TEXT, demo_directory
from gpu.errors import RequestError
from gpu.units import parse_count


def add_text_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--text-file", type=Path, metavar="F", help=f"UTF-8 text (default, for {DEMO}: its held-out text)"
    )


def add_window(parser: ArgumentParser, default_tokens: int) -> None:
    parser.add_argument(
        "--window",
        type=arguments.quantity(parse_count),
        default=default_tokens,
        metavar="N",
        help=f"tokens scored at once, from an empty cache (default {default_tokens})",
    )


def text_file(args: Namespace) -> Path:
    """What to score on. Raises RequestError if a model other than the demo is given no text."""
    if args.text_file is not None:
        return Path(args.text_file)
    if args.model != DEMO:
        raise RequestError("Give the text to score with --text-file.")
    return demo_directory() / HELD_OUT_TEXT
