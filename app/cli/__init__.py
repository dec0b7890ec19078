"""The command line: one file a command, registered here. Importing it never imports Qt."""

from __future__ import annotations

from argparse import ArgumentParser
from importlib.metadata import PackageNotFoundError, version

from app.cli import bench, budget, chat, damage, generate, info, logits, perplexity, spikes
from app.cli.command import Command

COMMANDS: tuple[Command, ...] = (
    info.COMMAND,
    chat.COMMAND,
    generate.COMMAND,
    logits.COMMAND,
    spikes.COMMAND,
    damage.COMMAND,
    budget.COMMAND,
    bench.COMMAND,
    perplexity.COMMAND,
)


def build_parser() -> ArgumentParser:
    """The parser of the whole command line; `run` is a command's, or absent for the window."""
    parser = ArgumentParser(
        prog="quantscope",
        description="Chat with a 4-bit Qwen3 and see what the quantization does to it; without a command, "
        "in a window.",
    )
    parser.add_argument("--version", action="version", version=f"quantscope {_version()}")
    window = parser.add_argument_group("the window")
    window.add_argument("--model", dest="window_model", metavar="MODEL", help="what to open (default: demo)")
    window.add_argument("--scheme", dest="window_scheme", metavar="S", help="default: the one used last")
    window.add_argument("--adapter", dest="window_adapter", metavar="A", help="default: the one used last")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        _add_command(
            commands.add_parser(command.name, help=command.summary, description=command.summary), command
        )
    return parser


def _add_command(parser: ArgumentParser, command: Command) -> None:
    command.add_arguments(parser)
    parser.add_argument(
        "--adapter",
        metavar="A",
        help="an index of `quantscope info`, part of a name, or a kind such as software",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=command.run)


def _version() -> str:
    try:
        return version("quantscope")
    except PackageNotFoundError:
        return "(not installed)"
