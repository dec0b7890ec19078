"""Arguments that several commands share, and how their values are read."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.cli.output import LoadBar, warn
from app.engine_session import EngineOptions, ModelFiles, recommended_sampling
from app.tuned_file import TunedFile
from gpu.errors import FormatError, QuantscopeError, RequestError
from gpu.sampling import Sampling
from gpu.scheme import Scheme
from gpu.units import parse_count

DEFAULT_SCHEME = "W4A8"
SAMPLING_FLAGS = {
    "temperature": "0 is greedy",
    "top_p": "keep the likeliest tokens of this total probability",
    "min_p": "keep tokens at least this fraction as likely as the likeliest",
    "repetition_penalty": "divide logits of tokens already in the context; 1 is none",
    "presence_penalty": "subtract from logits of tokens already generated",
}


def quantity(parse: Callable[[str], int]) -> Callable[[str], int]:
    """An argparse type from a parser of gpu.units: wrong usage if it is malformed or zero."""

    def convert(text: str) -> int:
        try:
            value = parse(text)
        except QuantscopeError as error:
            raise ArgumentTypeError(str(error)) from error
        if value == 0:
            raise ArgumentTypeError("it must be at least 1")
        return value

    return convert


def token_ids(text: str) -> tuple[int, ...]:
    """An argparse type: `1,2,3`."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ArgumentTypeError(f"'{text[:40]}' is no list of token ids; write for example 1,2,3") from error


def add_model(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a checkpoint directory, or demo")


def add_scheme(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scheme",
        default=DEFAULT_SCHEME,
        metavar="S",
        help=f"how weights and activations are quantized, such as W16A16 (default {DEFAULT_SCHEME})",
    )


def add_engine(parser: ArgumentParser) -> None:
    """What every command takes that runs the model."""
    add_scheme(parser)
    parser.add_argument(
        "--context",
        type=quantity(parse_count),
        metavar="N",
        help="tokens of context to make room for, such as 8192 or 32k (default: the model's, up to 4096)",
    )
    parser.add_argument(
        "--no-tune",
        action="store_true",
        help="take safe kernels; else the fastest are found by timing them, once on an adapter",
    )


def engine_options(args: Namespace, context_tokens: int | None = None) -> EngineOptions:
    """From the command line; `context_tokens` is what to take where it says nothing. Raises SchemeError."""
    return EngineOptions(
        scheme=Scheme.parse(args.scheme),
        adapter=args.adapter,
        context_tokens=args.context if args.context is not None else context_tokens,
        tuned=None if args.no_tune else TunedFile(),
        progress=LoadBar().show,
        notice=warn,
    )


def add_sampling(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("sampling", "defaults are what the checkpoint recommends")
    for name, meaning in SAMPLING_FLAGS.items():
        group.add_argument(f"--{name.replace('_', '-')}", type=float, metavar="X", help=meaning)
    group.add_argument("--top-k", type=int, metavar="N", help="keep the N likeliest tokens; 0 keeps all")
    group.add_argument("--seed", type=int, metavar="N", help="repeat a run exactly")
    group.add_argument(
        "--max-new-tokens", type=quantity(parse_count), metavar="N", help="default: until it stops"
    )


def sampling(args: Namespace, files: ModelFiles) -> Sampling:
    """What the checkpoint recommends, overridden by the command line. Raises RequestError."""
    given = {name: getattr(args, name) for name in (*SAMPLING_FLAGS, "top_k", "seed")}
    stated = {name: value for name, value in given.items() if value is not None}
    return replace(recommended_sampling(files.checkpoint.generation), **stated)


def add_thinking(parser: ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--think",
        dest="thinking",
        action="store_const",
        const=True,
        help="let it reason first, or not; the default is the chat template's own",
    )
    group.add_argument("--no-think", dest="thinking", action="store_const", const=False)


def add_lookup(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--prompt-lookup",
        action="store_true",
        help="guess from what came before and check several tokens at once: the same answer, at times sooner",
    )


def add_tokens(parser: ArgumentParser, required: bool = True) -> None:
    """The text a command runs through the model, as it is: no chat template."""
    group = parser.add_mutually_exclusive_group(required=required)
    group.add_argument("--token-ids", type=token_ids, metavar="1,2,3")
    group.add_argument("--text")
    group.add_argument("--text-file", type=Path, metavar="F")


def given_tokens(args: Namespace, files: ModelFiles) -> tuple[int, ...]:
    """Token ids of what `add_tokens` read. Raises FormatError, or RequestError for no tokens."""
    if args.token_ids is not None:
        ids = args.token_ids
    else:
        ids = tuple(files.codec.encode(read_text(args.text_file) if args.text is None else args.text))
    if not ids:
        raise RequestError("There is no text to run the model on; give at least one token.")
    return tuple(ids)


def read_text(path: Path) -> str:
    """Raises FormatError if it is not a readable UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise FormatError(path, "the text is not UTF-8.", error.start) from error
