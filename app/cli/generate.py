"""`quantscope generate`: one answer."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from app.cli import arguments
from app.cli.answering import Answer, answer
from app.cli.output import print_json
from app.engine_session import EngineSession, ModelFiles
from app.text import Message
from gpu.errors import RequestError
from gpu.generate import Request


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--prompt", metavar="TEXT", help="a question, put into the model's chat template")
    group.add_argument("--token-ids", type=arguments.token_ids, metavar="1,2,3")
    parser.add_argument(
        "--raw", action="store_true", help="continue the prompt as it is, without the template"
    )
    arguments.add_lookup(parser)
    arguments.add_thinking(parser)
    arguments.add_sampling(parser)
    arguments.add_engine(parser)


def run(args: Namespace) -> int:
    files = ModelFiles.open(args.model)
    options = arguments.engine_options(args)
    request = Request(
        run_id=0,
        prompt_ids=_prompt_ids(args, files),
        sampling=arguments.sampling(args, files),
        stop_ids=files.stop_ids,
        max_new_tokens=args.max_new_tokens,
        looks_up=args.prompt_lookup,
    )
    with EngineSession(files.checkpoint, options) as session:
        found = answer(session.model, files, request, _ignore if args.json else _write)
    if args.json:
        print_json(_document(request, found))
    else:
        _write("\n" if found.text is not None else " ".join(map(str, found.token_ids)) + "\n")
        _report(found)
    return 0


def _prompt_ids(args: Namespace, files: ModelFiles) -> tuple[int, ...]:
    if args.token_ids is not None:
        return tuple(args.token_ids)
    if not args.prompt.strip():
        raise RequestError("The prompt is empty; write something first.")
    if args.raw:
        return tuple(files.codec.encode(args.prompt))
    question = [Message("user", args.prompt)]
    return tuple(files.codec.encode_chat(question, enable_thinking=args.thinking))


def _document(request: Request, found: Answer) -> dict[str, object]:
    return {
        "prompt_token_ids": list(request.prompt_ids),
        "token_ids": list(found.token_ids),
        "text": found.text,
        "finish_reason": found.reason,
        "prefill_tokens_per_s": found.timing.prefill_tokens_per_s,
        "decode_tokens_per_s": found.timing.decode_tokens_per_s,
    }


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _ignore(_text: str) -> None:
    """The whole text comes at the end."""


def _report(found: Answer) -> None:
    """Speeds, for a person who watches."""
    timing = found.timing
    if sys.stderr.isatty():
        print(
            f"{timing.prompt_tokens} prompt tokens at {timing.prefill_tokens_per_s:.1f}/s, "
            f"{timing.new_tokens} new at {timing.decode_tokens_per_s:.1f}/s, ended by {found.reason}",
            file=sys.stderr,
        )
