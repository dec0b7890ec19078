"""One answer: the engine's events gathered, its text handed on as it becomes certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.engine_session import ModelFiles
from gpu.errors import RequestError
from gpu.events import Failed, Finished, FinishReason, Timing, Token
from gpu.generate import Request, generate
from gpu.model import Model

Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Answer:
    """`text` is None where the checkpoint has no tokenizer."""

    token_ids: tuple[int, ...]
    text: str | None
    reason: FinishReason
    timing: Timing


def answer(
    model: Model,
    files: ModelFiles,
    request: Request,
    write: Callable[[str], None],
    cancel: Cancel = lambda: False,
) -> Answer:
    """Run a request to its end.

    Raises:
        RequestError: the request cannot be answered as asked.
    """
    decoder = files.codec.stream_decoder() if files.has_tokenizer else None
    ids: list[int] = []
    pieces: list[str] = []
    timing: Timing | None = None
    reason: FinishReason | None = None

    def say(text: str) -> None:
        pieces.append(text)
        write(text)

    for event in generate(model, request, cancel):
        if isinstance(event, Token):
            ids.append(event.token_id)
            if decoder is not None:
                say(decoder.push(event.token_id))
        elif isinstance(event, Timing):
            timing = event
        elif isinstance(event, Finished):
            reason = event.reason
        elif isinstance(event, Failed):
            raise RequestError(event.message)
    if timing is None or reason is None:
        raise RequestError("The engine ended without a result; please report this.")
    if decoder is not None:
        say(decoder.finish())
    return Answer(tuple(ids), "".join(pieces) if decoder is not None else None, reason, timing)
