"""Capture a text with the open model, and read the weights that meet its channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from app.context import fit_prompt
from app.failures import sentence_of
from app.messages import Question, TaskProgress
from app.reply import thinking_tokens
from gpu.errors import Cancelled, RequestError
from gpu.probes.attention_share import SINK_TOKENS
from gpu.probes.captured import Prompt

if TYPE_CHECKING:
    from app.engine_desk import Desk
    from gpu.probes.captured import Capture

Cancel = Callable[[], bool]
CAPTURE = "capture"
LIMIT_BYTES = 512 * 2**20
KEEP_ALL_BYTES = 64 * 2**20  # so much is kept of every site, not only of the kind on show


@dataclass(frozen=True)
class TextWish:
    """One text to run: as it stands, or a conversation with its answer's tokens and what they read as.

    `part` is what of that counts, all of it if empty.
    """

    name: str
    text: str = ""
    question: Question | None = None
    answer_ids: tuple[int, ...] = ()
    answer_pieces: tuple[bytes, ...] = ()
    part: Literal["", "thinking", "answer"] = ""


@dataclass(frozen=True)
class CaptureWish:
    """What to capture, in one capture or each text in its own; `keep` are sites whose every token is kept,
    within `limit_bytes`, if any are. Of a small model or a short text all sites' tokens are kept then."""

    name: str
    texts: tuple[TextWish, ...]
    apart: bool = False
    keep: frozenset[str] = frozenset()
    sinks: bool = True
    limit_bytes: int = LIMIT_BYTES


@dataclass(frozen=True, eq=False)
class Captured:
    """Captures, by the names of their texts."""

    captures: tuple[tuple[str, Capture], ...] = field(repr=False)


@dataclass(frozen=True)
class CaptureFailed:
    """A capture or a knock-out that did not work out, in one sentence; empty if it was cancelled."""

    sentence: str


def capture_failed(error: Exception) -> CaptureFailed:
    """The letter about a task that did not work out."""
    return CaptureFailed("" if isinstance(error, Cancelled) else sentence_of(error))


@dataclass(frozen=True, eq=False)
class ColumnsRead:
    """Of the weights that read a site: the norm and the largest magnitude of each channel's column."""

    site: str
    norms: Any = field(repr=False)
    absmax: Any = field(repr=False)


def capture_text(desk: Desk, cancel: Cancel, wish: CaptureWish) -> None:
    """Run the texts, each from an empty cache, and post what was found.

    Raises:
        RequestError, TextError: there is no text, it cannot be put before this model, or what is to be kept
            goes beyond the limit: nothing ran.
        Cancelled: `cancel` said so.
    """
    from app.captures import origin_of, token_texts  # noqa: PLC0415 - the window starts without wgpu
    from gpu.probes.capture import CaptureRequest, capture, capture_each  # noqa: PLC0415
    from gpu.probes.rows import values_bytes  # noqa: PLC0415

    opened = desk.opened
    model = opened.session.model
    room = model.context_tokens
    prompts = tuple(_prompt(text, opened.files.codec, room) for text in wish.texts)
    sites = [model.probes.site(name) for name in model.sites]
    tokens = sum(len(prompt.token_ids) for prompt in prompts)
    keeps_all = bool(wish.keep) and values_bytes(sites, tokens) <= KEEP_ALL_BYTES
    request = CaptureRequest(
        prompts,
        keep=frozenset(model.sites) if keeps_all else wish.keep & frozenset(model.sites),
        limit_bytes=wish.limit_bytes,
        sink_tokens=SINK_TOKENS if wish.sinks else None,
    )
    origin = origin_of(opened.files, model.scheme)

    def report(done: int, total: int) -> None:
        desk.post(TaskProgress(CAPTURE, "Reading the text", done, total))

    if wish.apart:
        found = capture_each(model, origin, request, report, cancel)
    else:
        found = (capture(model, origin, request, report, cancel),)
    names = [text.name for text in wish.texts] if wish.apart else [wish.name]
    named = [replace(each, pieces=token_texts(opened.files, each.token_ids)) for each in found]
    desk.post(Captured(tuple(zip(names, named, strict=True))))


def read_columns(desk: Desk, _cancel: Cancel, site: str) -> None:
    """Post what the checkpoint's weights make of a site's channels.

    Raises:
        RequestError: no matrix reads the site.
    """
    from gpu.probes.saliency import column_absmax, column_norms  # noqa: PLC0415 - the window starts without wgpu

    checkpoint = desk.opened.files.checkpoint
    desk.post(ColumnsRead(site, column_norms(checkpoint, site), column_absmax(checkpoint, site)))


def _prompt(text: TextWish, codec: Any, room_tokens: int) -> Prompt:
    """The tokens that count, and those before them.

    Raises:
        RequestError: the answer is of another model's tokens, or a part is asked for that it does not have.
    """
    if text.question is None:
        return Prompt(text.name, tuple(codec.encode(text.text)) if text.text.strip() else ())
    if text.answer_pieces != tuple(map(codec.token_bytes, text.answer_ids)):
        raise RequestError("Another model wrote the last answer, in tokens of its own; open that one.")
    asked, answer = fit_prompt(codec, text.question, room_tokens).ids, text.answer_ids
    if not text.part:
        return Prompt(text.name, (*asked, *answer))
    end = thinking_tokens(codec, asked, answer)
    if not 0 < end < len(answer):
        raise RequestError(
            "The last answer has no thinking with an answer after it; switch thinking on and ask again."
        )
    if text.part == "thinking":
        return Prompt(text.name, answer[:end], asked)
    return Prompt(text.name, answer[end:], (*asked, *answer[:end]))
