"""`quantscope budget`: what a model takes in memory, term by term, without loading it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial

from app.catalogue import find_card
from app.cli.arguments import add_scheme, quantity
from app.cli.output import print_json, print_table, size_text
from app.cli.verdict import Subject, Verdict, judge
from app.library import find_config
from gpu.budget import Budget
from gpu.model_shape import ModelShape
from gpu.qwen3.workspace_size import workspace_bytes
from gpu.scheme import Scheme
from gpu.units import parse_bytes, parse_count, parse_parameters

RAW_FLAGS = ("params", "layers", "kv_heads", "head_dim")
DEFAULT_CONTEXT_TOKENS = 4096


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        help="a checkpoint directory, demo, or a released shape: qwen3-8b",
    )
    raw = parser.add_argument_group("a model of which only this is known")
    raw.add_argument("--params", type=quantity(parse_parameters), metavar="N", help="such as 8B")
    raw.add_argument("--layers", type=quantity(parse_count), metavar="L")
    raw.add_argument("--kv-heads", type=quantity(parse_count), metavar="H")
    raw.add_argument("--head-dim", type=quantity(parse_count), metavar="D")
    add_scheme(parser)
    parser.add_argument(
        "--context",
        type=quantity(parse_count),
        default=DEFAULT_CONTEXT_TOKENS,
        metavar="N",
        help="such as 32k",
    )
    parser.add_argument(
        "--batch", type=quantity(parse_count), default=1, metavar="B", help="requests at once"
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--card", metavar="NAME", help="a card of the catalogue: does it fit, how fast at best"
    )
    place.add_argument("--memory", type=quantity(parse_bytes), metavar="SIZE", help="such as 24GiB")
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    scheme = Scheme.parse(args.scheme)
    subject = _of_numbers(args) if args.model is None else _of_model(args)
    budget = subject.plan(scheme, args.context, args.batch)
    verdict = _verdict(args, subject, budget)
    if args.json:
        print_json({**budget.summary(), **(verdict.summary() if verdict else {})})
    else:
        _print(budget)
        print("\n".join(verdict.lines() if verdict else ()), end="\n" if verdict else "")
    return 0


def _verdict(args: Namespace, subject: Subject, budget: Budget) -> Verdict | None:
    if args.card is not None:
        card = find_card(args.card)
        return judge(subject, budget, card.memory_bytes, card)
    return judge(subject, budget, args.memory) if args.memory is not None else None


def _of_model(args: Namespace) -> Subject:
    if any(getattr(args, flag) is not None for flag in RAW_FLAGS):
        args.usage_error("give either MODEL or --params, --layers, --kv-heads and --head-dim")
    config = find_config(args.model)
    return Subject(ModelShape.from_config(config), partial(workspace_bytes, config))


def _of_numbers(args: Namespace) -> Subject:
    """Without the widths of its layers a model's workspace is unknown, and small: it is left out."""
    if any(getattr(args, flag) is None for flag in RAW_FLAGS):
        args.usage_error("give MODEL, or all of --params, --layers, --kv-heads and --head-dim")
    return Subject(ModelShape.from_parameters(args.params, args.layers, args.kv_heads, args.head_dim))


def _print(budget: Budget) -> None:
    rows = [(term.purpose, term.name, size_text(term.size_bytes), term.formula) for term in budget.terms]
    print_table([*rows, ("total", "", size_text(budget.total_bytes), f"{budget.total_bytes:,} B")])
    print(f"\nEach token of context takes {size_text(budget.kv_bytes_per_token)} of the cache.")
