"""Capture a text with the open model, and read the weights that meet its channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.context import fit_prompt
from app.failures import sentence_of
from app.messages import Question, TaskProgress
from gpu.errors import Cancelled
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
    """One text to run: as it stands, or a conversation with its answer."""

    name: str
    text: str = ""
    question: Question | None = None
    answer_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class CaptureWish:
    """What to capture; `keep` are sites whose every token is kept, within `limit_bytes`, if any are. Of a
    small model or a short text all sites' tokens are kept then."""

    name: str
    texts: tuple[TextWish, ...]
    keep: frozenset[str] = frozenset()
    sinks: bool = True
    limit_bytes: int = LIMIT_BYTES


@dataclass(frozen=True, eq=False)
class Captured:
    """A capture, by the name the person gave its text."""

    name: str
    capture: Capture = field(repr=False)


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
    from gpu.probes.capture import CaptureRequest, capture  # noqa: PLC0415
    from gpu.probes.rows import values_bytes  # noqa: PLC0415

    opened = desk.opened
    model = opened.session.model
    room = model.context_tokens
    prompts = tuple(Prompt(text.name, _ids(text, opened.files.codec, room)) for text in wish.texts)
    sites = [model.probes.site(name) for name in model.sites]
    tokens = sum(len(prompt.token_ids) for prompt in prompts)
    keeps_all = bool(wish.keep) and values_bytes(sites, tokens) <= KEEP_ALL_BYTES
    request = CaptureRequest(
        prompts,
        keep=frozenset(model.sites) if keeps_all else wish.keep & frozenset(model.sites),
        limit_bytes=wish.limit_bytes,
        sink_tokens=SINK_TOKENS if wish.sinks else None,
    )
    found = capture(
        model,
        origin_of(opened.files, model.scheme),
        request,
        lambda done, total: desk.post(TaskProgress(CAPTURE, "Reading the text", done, total)),
        cancel,
    )
    desk.post(Captured(wish.name, replace(found, pieces=token_texts(opened.files, found.token_ids))))


def read_columns(desk: Desk, _cancel: Cancel, site: str) -> None:
    """Post what the checkpoint's weights make of a site's channels.

    Raises:
        RequestError: no matrix reads the site.
    """
    from gpu.probes.saliency import column_absmax, column_norms  # noqa: PLC0415 - the window starts without wgpu

    checkpoint = desk.opened.files.checkpoint
    desk.post(ColumnsRead(site, column_norms(checkpoint, site), column_absmax(checkpoint, site)))


def _ids(text: TextWish, codec: Any, room_tokens: int) -> tuple[int, ...]:
    if text.question is None:
        return tuple(codec.encode(text.text)) if text.text.strip() else ()
    return (*fit_prompt(codec, text.question, room_tokens).ids, *text.answer_ids)
