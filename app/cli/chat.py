"""`quantscope chat`: a conversation in the terminal, or with the lines of a pipe."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from app.cli import arguments
from app.cli.conversation import Conversation
from app.cli.output import print_json
from app.engine_session import EngineSession, ModelFiles
from app.text import Reply
from gpu.errors import DeviceLost, QuantscopeError, RequestError

HELP = """\
/reset   start a new conversation
/think   let the model reason before it answers, or stop that
/help    this list
Ctrl-C stops an answer, Ctrl-D ends the chat."""


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    arguments.add_lookup(parser)
    arguments.add_thinking(parser)
    arguments.add_sampling(parser)
    arguments.add_engine(parser)


def run(args: Namespace) -> int:
    files = ModelFiles.open(args.model)
    options = arguments.engine_options(args)
    sampling = arguments.sampling(args, files)
    files.codec.encode("")  # a broken tokenizer is reported before the weights are loaded
    with EngineSession(files.checkpoint, options) as session:
        conversation = Conversation(
            session.model,
            files,
            sampling,
            args.max_new_tokens,
            args.thinking,
            looks_up=args.prompt_lookup,
        )
        terminal = Terminal(quiet=args.json)
        terminal.greet(f"{args.model}, {options.scheme} on {session.gpu.adapter.name}")
        for line in terminal.lines():
            _take(line, conversation, terminal)
    if args.json:
        print_json({"messages": conversation.messages()})
    return 0


class Terminal:
    """Where a person writes and reads; a pipe is not greeted and not prompted."""

    def __init__(self, quiet: bool) -> None:
        self.is_interactive = sys.stdin.isatty() and not quiet
        self._quiet = quiet
        if self.is_interactive:
            _edit_lines()

    def greet(self, what: str) -> None:
        if self.is_interactive:
            self.say(f"{what}\n{HELP}\n")

    def say(self, text: str) -> None:
        if not self._quiet:
            print(text, flush=True)

    def show(self, said: Reply, more: Reply) -> None:
        """A further piece of a reply: reasoning dimmed, and a blank line between it and the answer."""
        if self._quiet:
            return
        dim, plain = ("\x1b[2m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
        if more.reasoning:
            sys.stdout.write(f"{dim}{more.reasoning}{plain}")
        if more.answer and not said.answer and (said.reasoning or more.reasoning):
            sys.stdout.write("\n\n")
        sys.stdout.write(more.answer)
        sys.stdout.flush()

    def lines(self) -> Iterator[str]:
        """What is typed, line by line, without blank ones; Ctrl-C drops a line that is being typed."""
        while True:
            try:
                line = input("> ") if self.is_interactive else input()
            except EOFError:
                return
            except KeyboardInterrupt:
                if not self.is_interactive:
                    raise
                self.say("")
                continue
            if line.strip():
                yield line


def _edit_lines() -> None:
    """Arrow keys and history for `input`, where Python has them."""
    try:
        import readline  # noqa: F401, PLC0415
    except ImportError:  # Windows: its console edits lines by itself
        return


def _take(line: str, conversation: Conversation, terminal: Terminal) -> None:
    """One line: a command or a question. A failure ends a pipe's chat, and a person may go on."""
    try:
        if line.startswith("/"):
            terminal.say(_obey(line.strip(), conversation))
        else:
            conversation.ask(line, terminal.show)
            terminal.say("")
    except DeviceLost:
        raise
    except QuantscopeError as error:
        if not terminal.is_interactive:
            raise
        terminal.say(str(error))


def _obey(command: str, conversation: Conversation) -> str:
    if command == "/reset":
        conversation.reset()
        return "A new conversation."
    if command == "/think":
        return "It reasons first." if conversation.toggle_thinking() else "It answers at once."
    if command == "/help":
        return HELP
    raise RequestError(f"There is no command {command}; /help lists them.")
