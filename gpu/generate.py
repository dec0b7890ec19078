"""The generation loop: yields events, knows a cancel flag, starts no thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu.drawing import DeviceDrawing, Drawing, Drawn, HostDrawing, device_draws
from gpu.errors import Cancelled, QuantscopeError, RequestError
from gpu.events import Event, Failed, Finished, FinishReason, PromptProgress, Timing, Token, TokenRows
from gpu.guessed_drawing import GuessedDrawing
from gpu.probes.following import Follower
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampler, Sampling
from gpu.speculation import Guesser, Steps, can_guess

if TYPE_CHECKING:  # what names a request need not load wgpu
    from gpu.model import Model

_FRAME_S = 1 / 30
_REPORT_S = 1 / 4
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Request:
    """One answer to compute. `probe` off (None) costs nothing; its sites may be changed while it runs.

    `answer_ids` are tokens of the answer that are written already: it goes on after them. `looks_up` guesses
    tokens from the context (see gpu.speculation).
    """

    run_id: int
    prompt_ids: tuple[int, ...]
    sampling: Sampling = field(default_factory=Sampling)
    stop_ids: frozenset[int] = frozenset()
    max_new_tokens: int | None = None
    probe: ProbeSelection | None = None
    answer_ids: tuple[int, ...] = ()
    looks_up: bool = False


def generate(model: Model, request: Request, cancel: Cancel = lambda: False) -> Iterator[Event]:
    """Answer a request token by token.

    The tokens that the cache already holds are reused. Ends with `Finished`, or with `Failed` on a stated
    failure; a cancel is noticed between the layers of a prompt and between tokens.
    """
    run = _Run(model, request, cancel)
    try:
        yield from run.prompt()
        yield from run.answer()
    except Cancelled:
        yield from run.followed()
        yield run.timing()
        yield Finished(request.run_id, "cancelled")
    except QuantscopeError as error:
        yield Failed(request.run_id, str(error))
    finally:
        run.close()


def check_prompt(model: Model, prompt_ids: Sequence[int]) -> None:
    """Raise `RequestError` for a prompt this model cannot take."""
    if not prompt_ids:
        raise RequestError("The prompt is empty; write something first.")
    model.config.check_ids(prompt_ids)
    if len(prompt_ids) >= model.context_tokens:
        raise RequestError(
            f"The prompt has {len(prompt_ids):,} tokens and the context holds {model.context_tokens:,}; "
            "shorten it or load the model with a longer context."
        )


def check_length(max_new_tokens: int | None) -> None:
    """Raise `RequestError` for an answer of no tokens."""
    if max_new_tokens is not None and max_new_tokens < 1:
        raise RequestError(f"An answer of {max_new_tokens} tokens was asked for; ask for at least one.")


class _Run:
    """The state of one request: clocks, counts and the sampler."""

    def __init__(self, model: Model, request: Request, cancel: Cancel) -> None:
        self._model, self._request, self._cancel = model, request, cancel
        self._reused = self._computed = self._new = 0
        self._draws = 0
        self._started_s = self._prefill_s = self._decode_s = 0.0
        self._last_frame = self._last_report = 0.0
        self._follower = Follower(model)

    def prompt(self) -> Iterator[Event]:
        """Bring the prompt into the cache, reusing what is there; the last token is always computed."""
        ids, model = self._request.prompt_ids + self._request.answer_ids, self._model
        check_prompt(model, ids)
        check_length(self._request.max_new_tokens)
        self._reused = model.resume(ids)
        if self._request.probe is not None:
            model.probes.reset()
            self._follower.turn_to(self._request.probe.followed)
        self._started_s = time.perf_counter()
        yield PromptProgress(self._request.run_id, self._reused, len(ids), self._reused)
        for done in model.feed(ids[self._reused :], self._cancel, probed=self._probed):
            self._computed = done
            self._prefill_s = time.perf_counter() - self._started_s
            yield PromptProgress(self._request.run_id, self._reused + done, len(ids), self._reused)
            yield from self._frames()

    def answer(self) -> Iterator[Event]:
        drawing = self._drawing()
        reason: FinishReason | None = None
        while reason is None:
            drawn = self._timed(drawing)
            reason = self._reason_after(drawn.token_id)
            if reason != "stop":
                self._new += 1
                used = len(self._model.cached_ids) + 1
                yield Token(self._request.run_id, drawn.token_id, used, drawn.detail())
            if reason is None:
                drawing.feed(drawn.token_id)
                yield from self._frames()
        yield from self._frames(force=True)
        yield self.timing()
        yield Finished(self._request.run_id, reason)

    def _drawing(self) -> Drawing:
        request, model = self._request, self._model
        ids, probed = request.prompt_ids + request.answer_ids, self._probed
        sampler = Sampler(request.sampling, request.prompt_ids, request.answer_ids)
        if device_draws(request.sampling):
            room = model.context_tokens - len(model.cached_ids)
            most = min(room, request.max_new_tokens or room)
            if request.looks_up and can_guess(model, probed):
                guesser = Guesser(model, ids, self._cancel)
                return GuessedDrawing(model, request.sampling, most, guesser, sampler, self._cancel)
            ends = request.stop_ids
            return DeviceDrawing(model, request.sampling, most, ends, self._cancel, probed=probed)
        steps = Steps(model, ids, self._cancel, probed=probed, looks_up=request.looks_up)
        return HostDrawing(steps, sampler)

    def _timed(self, drawing: Drawing) -> Drawn:
        """Wait for the next token: the prompt's first, then one decoded after the other."""
        drawn = drawing.next()
        elapsed_s = time.perf_counter() - self._started_s
        if self._draws == 0:
            self._prefill_s = elapsed_s
        self._decode_s = elapsed_s - self._prefill_s
        self._draws += 1
        return drawn

    def _reason_after(self, token: int) -> FinishReason | None:
        if token in self._request.stop_ids:
            return "stop"
        limit = self._request.max_new_tokens
        if limit is not None and self._new + 1 >= limit:
            return "length"
        if len(self._model.cached_ids) + 1 >= self._model.context_tokens:
            return "context"
        return None

    @property
    def _probed(self) -> bool:
        return self._request.probe is not None

    def _frames(self, force: bool = False) -> Iterator[Event]:
        """Statistics and what is followed at most once a frame, speeds a few times a second."""
        now = time.perf_counter()
        is_due = force or now - self._last_frame >= _FRAME_S
        if self._request.probe is not None and (is_due or self._follower.is_full):
            self._last_frame = now
            for site in sorted(self._request.probe.sites):
                yield self._model.probes.read(site, self._request.run_id)
            yield from self.followed()
            self._follower.turn_to(self._request.probe.followed)
        if now - self._last_report >= _REPORT_S:
            self._last_report = now
            yield self.timing()

    def followed(self) -> Iterator[Event]:
        """The rows since the last time."""
        first, rows = self._follower.read()
        if len(rows):
            ids = tuple(self._model.cached_ids[first : first + len(rows)])
            yield TokenRows(self._request.run_id, self._follower.site, first, ids, rows)

    def close(self) -> None:
        self._follower.close()

    def timing(self) -> Timing:
        return Timing(
            run_id=self._request.run_id,
            reused_tokens=self._reused,
            prompt_tokens=self._computed,
            new_tokens=self._new,
            prefill_tokens_per_s=self._computed / self._prefill_s if self._prefill_s else 0.0,
            decode_tokens_per_s=(self._draws - 1) / self._decode_s if self._decode_s else 0.0,
            context_used=len(self._model.cached_ids),
            context_tokens=self._model.context_tokens,
        )
