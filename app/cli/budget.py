"""`quantscope budget`: what a model takes in memory, term by term, without loading it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from app.cli.arguments import add_scheme, quantity
from app.cli.output import print_json, print_table, size_text
from app.library import find_config
from gpu.budget import Budget, plan
from gpu.model_shape import ModelShape
from gpu.qwen3.workspace_size import workspace_bytes
from gpu.scheme import Scheme
from gpu.units import parse_count, parse_parameters

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
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    scheme = Scheme.parse(args.scheme)
    budget = _of_numbers(args, scheme) if args.model is None else _of_model(args, scheme)
    if args.json:
        print_json(budget.summary())
    else:
        _print(budget)
    return 0


def _of_model(args: Namespace, scheme: Scheme) -> Budget:
    if any(getattr(args, flag) is not None for flag in RAW_FLAGS):
        args.usage_error("give either MODEL or --params, --layers, --kv-heads and --head-dim")
    config = find_config(args.model)
    workspace = workspace_bytes(config, scheme, args.context)
    return plan(ModelShape.from_config(config), scheme, args.context, args.batch, workspace)


def _of_numbers(args: Namespace, scheme: Scheme) -> Budget:
    """Without the widths of its layers a model's workspace is unknown, and small: it is left out."""
    if any(getattr(args, flag) is None for flag in RAW_FLAGS):
        args.usage_error("give MODEL, or all of --params, --layers, --kv-heads and --head-dim")
    shape = ModelShape.from_parameters(args.params, args.layers, args.kv_heads, args.head_dim)
    return plan(shape, scheme, args.context, args.batch)


def _print(budget: Budget) -> None:
    rows = [(term.purpose, term.name, size_text(term.size_bytes), term.formula) for term in budget.terms]
    print_table([*rows, ("total", "", size_text(budget.total_bytes), f"{budget.total_bytes:,} B")])
    print(f"\nEach token of context takes {size_text(budget.kv_bytes_per_token)} of the cache.")
