"""`quantscope`: a command if one is named, the window otherwise. A failure is one line and a status."""

from __future__ import annotations

import io
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from app.cli import build_parser
from app.display import display_problem
from app.failures import sentence_of
from gpu.errors import RequestError

DONE, FAILED, INTERRUPTED = 0, 1, 130
TRACEBACK = "QUANTSCOPE_TRACEBACK"  # set it to see where a failure came from
WINDOW_OPTIONS = ("model", "scheme", "adapter")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0 done, 1 a stated failure, 130 interrupted.

    Raises:
        SystemExit: with status 2 for wrong usage, and with 0 after --help and --version.
    """
    _prepare_process()
    argv = sys.argv[1:] if argv is None else argv
    try:
        parser = build_parser(argv)
        args = parser.parse_args(argv)
        status: int = args.run(args) if _is_command(args, parser) else _open_window(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has left; what is still buffered must not be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        _complain(error)
        return FAILED
    return status


def _prepare_process() -> None:
    """What cannot be decoded or shown is replaced, and a Vulkan layer that only talks is left out."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Mesa's device-select layer complains on stderr where there is no desktop session; --adapter selects.
    os.environ.setdefault("NODEVICE_SELECT", "1")


def _is_command(args: Namespace, parser: ArgumentParser) -> bool:
    named = [option for option in WINDOW_OPTIONS if getattr(args, f"window_{option}") is not None]
    is_command = hasattr(args, "run")
    if is_command and named:
        parser.error(f"--{named[0]} before a command is the window's; write it after the command")
    return is_command


def _open_window(args: Namespace) -> int:
    problem = display_problem()
    if problem is not None:
        raise RequestError(problem)
    from app.start import GuiOptions, run  # noqa: PLC0415 - the command line never imports Qt

    status: int = run(
        GuiOptions(model=args.window_model, adapter=args.window_adapter, scheme=args.window_scheme)
    )
    return status


def _complain(error: Exception) -> None:
    """One line; a progress line that is still there is written over."""
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    print(f"{start}quantscope: {' '.join(sentence_of(error).split())}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
