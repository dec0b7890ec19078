"""The command line: one file a command, registered here. Importing it imports neither Qt nor any command."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

COMMANDS = {
    "info": "adapters, features, limits, driver and package versions",
    "chat": "chat in the terminal",
    "generate": "answer one prompt",
    "logits": "write the logits after every token",
    "spikes": "find the activation channels that stand out",
    "sinks": "see which heads park their attention on the first tokens",
    "knockout": "take the outlier channels out and see what they carried",
    "damage": "measure what quantization does to a tensor or an array",
    "budget": "how much memory a model takes, term by term",
    "bench": "measure prefill and decode speed",
    "perplexity": "compare schemes on a text",
    "divergence": "measure how far a scheme's predictions stray from a reference's, token by token",
}
"""Each name is a module of this package with `add_arguments(parser)` and `run(args) -> int`, the exit status.

They raise stated failures, which app/__main__.py turns into one line. Only what the command line names is
imported: the window would wait half a second for the others.
"""


def build_parser(argv: Sequence[str]) -> ArgumentParser:
    """A parser for `argv`; the parsed `run` is a command's, and absent for the window."""
    parser = ArgumentParser(
        prog="quantscope",
        description="Chat with a 4-bit Qwen3 and see what the quantization does to it; without a command, "
        "in a window.",
    )
    parser.add_argument("--version", action="version", version=f"quantscope {_version()}")
    window = parser.add_argument_group("the window")
    window.add_argument("--model", dest="window_model", metavar="MODEL", help="default: the one used last")
    window.add_argument("--scheme", dest="window_scheme", metavar="S", help="default: the one used last")
    window.add_argument("--adapter", dest="window_adapter", metavar="A", help="default: the one used last")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name in argv:
            _add_arguments(command, name)
    return parser


def _add_arguments(parser: ArgumentParser, name: str) -> None:
    module = import_module(f"{__name__}.{name}")
    module.add_arguments(parser)
    parser.add_argument(
        "--adapter",
        metavar="A",
        help="an index of `quantscope info`, part of a name, or a kind such as software",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=module.run)


def _version() -> str:
    try:
        return version("quantscope")
    except PackageNotFoundError:
        return "(not installed)"
