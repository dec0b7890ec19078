"""Renders chat templates in a process of its own; `chat_template.py` starts it by path and explains why.

One JSON object a line on stdin:  {"template": str, "variables": {...}, "deadline_s": float}
One JSON object a line on stdout: {"text": str}, {"raised": message} or {"failed": message}

Runs alone: the standard library and Jinja2 only, so that starting it stays cheap.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_LIMIT_BYTES = 512 * 2**20
OUTPUT_LIMIT_CHARACTERS = 4 * 2**20  # about a million tokens: beyond every context


class RaisedByTemplate(jinja2.TemplateError):
    """The template called `raise_exception(message)`."""


class OutputTooLongError(Exception):
    """The template wrote more than any model could read."""


class GenerationTag(Extension):
    """`{% generation %}…{% endgeneration %}` marks the words to train on; here it only groups them."""

    tags = {"generation"}  # noqa: RUF012 (Jinja2 declares it as an instance attribute)

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


def raise_exception(message: str) -> NoReturn:
    raise RaisedByTemplate(message)


def strftime_now(pattern: str) -> str:
    return datetime.now().strftime(pattern)


def tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Plain JSON: Jinja2's own filter escapes HTML and sorts keys, which models were not trained on."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


@lru_cache(maxsize=8)
def compile_template(source: str) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[GenerationTag, loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = strftime_now
    return environment.from_string(source)


def render(source: str, variables: dict[str, Any]) -> str:
    """The rendered text; stops as soon as it exceeds OUTPUT_LIMIT_CHARACTERS."""
    pieces: list[str] = []
    length = 0
    for piece in compile_template(source).generate(variables):
        pieces.append(piece)
        length += len(piece)
        if length > OUTPUT_LIMIT_CHARACTERS:
            raise OutputTooLongError
    return "".join(pieces)


def answer(request: dict[str, Any]) -> dict[str, str]:
    """One reply to one request, whatever a stranger's template does."""
    try:
        return {"text": render(request["template"], request["variables"])}
    except RaisedByTemplate as error:
        return {"raised": str(error)}
    except Exception as error:
        return {"failed": describe(error)}


def describe(error: Exception) -> str:
    """What went wrong, as the end of a sentence that begins with "The chat template of … "."""
    match error:
        case OutputTooLongError():
            return f"was stopped after writing {OUTPUT_LIMIT_CHARACTERS:,} characters"
        case MemoryError():
            return f"was stopped when it needed more than {MEMORY_LIMIT_BYTES // 2**20} MiB"
        case RecursionError():
            return "calls itself without end"
        case jinja2.TemplateSyntaxError():
            return f"is malformed in line {error.lineno}: {error.message}"
        case _:
            return f"failed with {type(error).__name__}: {error}"


def limit_memory() -> None:
    """Bound the address space where the system can; elsewhere only the deadline bounds a template."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 (absent from Windows)

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY_LIMIT_BYTES if hard == resource.RLIM_INFINITY else min(hard, MEMORY_LIMIT_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def serve(requests: Callable[[], str], reply: Callable[[str], object]) -> None:
    """Answer line after line until the other side closes the pipe; exit the process at a missed deadline."""
    with open(os.devnull, "w") as silence:
        while line := requests():
            request = json.loads(line)
            # A watchdog thread in C ends the process. It needs no interpreter, so even `9**(9**9)` cannot
            # hold it up, and a worker whose parent was killed does not run on.
            faulthandler.dump_traceback_later(request["deadline_s"], exit=True, file=silence)
            response = json.dumps(answer(request))
            faulthandler.cancel_dump_traceback_later()
            reply(response + "\n")


def main() -> None:
    limit_memory()

    def reply(line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()

    serve(sys.stdin.readline, reply)


if __name__ == "__main__":
    main()
