"""What the engine thread does: open a model, answer with it, read its probes. No Qt; one thread only."""

from __future__ import annotations

import time
from collections.abc import Callable

import wgpu

from app.context import fit_prompt
from app.engine_desk import Cancel, Desk, OpenModel
from app.engine_session import EngineOptions, EngineSession, ModelFiles, recommended_sampling
from app.failures import sentence_of
from app.mailbox import Post
from app.messages import (
    Adapters,
    Failure,
    Followed,
    Forgot,
    Loading,
    MemoryUse,
    ModelFacts,
    ModelWish,
    Notice,
    Question,
    Traced,
    Wrote,
)
from app.reply import ReplyReader, trace_entry, unfinished_turn
from app.text import ChatTemplateError, Reply, TextCodec
from app.tuned_file import TunedFile
from gpu.calculator.preflight import shortage
from gpu.device import list_adapters
from gpu.errors import BudgetError, DeviceLost, QuantscopeError
from gpu.events import Failed, Finished, Token, TokenRows
from gpu.generate import Request, generate
from gpu.qwen3.loader import LoadProgress
from gpu.scheme import Scheme

_MEMORY_PERIOD_S = 1.0
_PREFIX_BYTES = 1 << 30  # of host memory for conversations and branches left: 7,000 tokens of an 8B


class GpuEngine:
    """Holds at most one open model. A new one takes its place only once it is loaded."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._open: OpenModel | None = None
        self._reported_s = 0.0

    def survey(self) -> None:
        """Say which adapters there are."""
        self._post(Adapters(tuple(list_adapters())))

    def open(self, wish: ModelWish, cancel: Cancel) -> None:
        """Load a model beside the one that is open, or in its place where the memory holds only one.

        Raises:
            QuantscopeError, wgpu.GPUError, MemoryError, OSError: it did not work; the model that was open
            still is, loaded again if it had to make room.
        """
        self._post(Loading("Reading the checkpoint"))
        files = ModelFiles.open(wish.model)
        try:
            files.codec.encode("")  # a broken tokenizer is reported before the weights are read
            opened = OpenModel(wish, files, self._session(wish, files, cancel))
        except BaseException:
            files.close()
            raise
        self._replace(opened)
        self._post(_facts(opened, *_text_facts(files, self._post)))  # while kernels compile

    def prepare(self, cancel: Cancel) -> None:
        """Have the driver compile what an answer needs, before anybody waits for it.

        Raises:
            Cancelled: a question came first; its answer compiles the rest.
        """
        model = self._opened().session.model
        try:
            for probed in (True, False):
                for ids in ((0, 0), (0,)):
                    for _ in model.feed(ids, cancel, probed=probed):
                        model.last_logits()
        finally:
            model.rewind(0)
            model.probes.reset()

    def answer(self, run_id: int, question: Question, cancel: Cancel) -> None:
        """Continue a conversation, posting what `generate` yields and the text of it.

        Raises:
            RequestError: no model is open.
            TextError: the conversation cannot be put into words for this model.
        """
        opened = self._opened()
        model, codec = opened.session.model, opened.files.codec
        prompt, forgotten = fit_prompt(codec, question, model.context_tokens)
        if forgotten:
            self._post(Forgot(run_id, forgotten))
        request = Request(
            run_id=run_id,
            prompt_ids=prompt,
            sampling=question.sampling,
            stop_ids=opened.files.stop_ids,
            max_new_tokens=question.max_new_tokens,
            probe=question.probe,
            answer_ids=question.answer_ids,
            looks_up=question.looks_up,
        )
        reader = ReplyReader(codec, prompt, unfinished_turn(question.turns))
        self._write(run_id, reader.push_all(question.answer_ids))
        for event in generate(model, request, cancel):
            if isinstance(event, Token):
                self._write(run_id, reader.push(event.token_id))
                self._trace(run_id, event, codec)
            elif isinstance(event, Finished | Failed):
                self._write(run_id, reader.finish())
            self._post(_followed(event, codec) if isinstance(event, TokenRows) else event)
            self._report_memory(_MEMORY_PERIOD_S)
        self._check_device()

    def read(self, run_id: int, site: str) -> None:
        """Post the statistics of one site."""
        if self._open is not None:
            self._post(self._open.session.model.probes.read(site, run_id))

    def perform(self, task: Callable[[Desk, Cancel], None], cancel: Cancel) -> None:
        """Do what a controller asks for; see app.tasks.

        Raises:
            whatever the task raises.
        """
        task(Desk(self._open, self._post), cancel)
        if self._open is not None:
            self._check_device()

    def close(self) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened.close()

    def _opened(self) -> OpenModel:
        return Desk(self._open, self._post).opened

    def _session(self, wish: ModelWish, files: ModelFiles, cancel: Cancel) -> EngineSession:
        options = EngineOptions(
            scheme=Scheme.parse(wish.scheme),
            adapter=wish.adapter,
            context_tokens=_context_within(files.checkpoint.config.max_position_embeddings, wish),
            prefix_bytes=_PREFIX_BYTES,
            probed=True,
            tuned=TunedFile() if wish.tunes else None,
            progress=self._report_progress,
            notice=lambda sentence: self._post(Notice(sentence)),
            cancel=cancel,
        )
        try:
            return EngineSession(files.checkpoint, options)
        except BudgetError as error:
            if self._open is None:
                raise
            _check_with(self._open.held_bytes, error)
            return self._session_in_its_place(self._open, files, options)
        except wgpu.GPUOutOfMemoryError:
            if self._open is None:
                raise
            return self._session_in_its_place(self._open, files, options)

    def _session_in_its_place(
        self, former: OpenModel, files: ModelFiles, options: EngineOptions
    ) -> EngineSession:
        """Free the open model first; load it again if the new one does not fit even so."""
        self._open = None
        former.drop_companion()
        former.session.close()
        try:
            return EngineSession(files.checkpoint, options)
        except BaseException:
            self._reopen(former)
            raise
        finally:
            if self._open is None:
                former.files.close()

    def _reopen(self, former: OpenModel) -> None:
        try:
            session = self._session(former.wish, former.files, lambda: False)
        except (QuantscopeError, wgpu.GPUError) as error:
            self._post(Failure("closed", sentence_of(error)))
        else:
            self._open = OpenModel(former.wish, former.files, session)

    def _replace(self, opened: OpenModel) -> None:
        self.close()
        self._open = opened
        self._report_memory(0.0)

    def _check_device(self) -> None:
        """`generate` reports a lost device like any failure; ask the device, and give the model up if so."""
        opened = self._opened()
        try:
            with opened.session.gpu.guarded():
                return
        except DeviceLost as error:
            self._open = None
            opened.files.close()
            self._post(Failure("closed", str(error)))

    def _write(self, run_id: int, text: Reply) -> None:
        if text.reasoning or text.answer:
            self._post(Wrote(run_id, text.reasoning, text.answer))

    def _trace(self, run_id: int, token: Token, codec: TextCodec) -> None:
        if token.detail is not None:
            self._post(Traced(run_id, trace_entry(token.detail, codec)))

    def _report_progress(self, progress: LoadProgress) -> None:
        self._post(Loading(progress.stage, progress.done_bytes, progress.total_bytes))

    def _report_memory(self, period_s: float) -> None:
        now = time.perf_counter()
        if self._open is None or now - self._reported_s < period_s:
            return
        self._reported_s = now
        gpu = self._open.session.gpu
        self._post(MemoryUse(tuple(gpu.ledger.by_purpose().items()), gpu.adapter))


def _followed(rows: TokenRows, codec: TextCodec) -> Followed:
    pieces = tuple(codec.token_bytes(token_id) for token_id in rows.token_ids)
    return Followed(rows.run_id, rows.site, rows.first, pieces, rows.values)


def _check_with(freed_bytes: int, error: BudgetError) -> None:
    """Raise `BudgetError` before anything is freed if even what the open model holds is too little."""
    available = error.available_bytes + freed_bytes
    if error.question is not None and error.needed_bytes > available:
        raise shortage(error.question, error.needed_bytes, available) from error


def _context_within(longest: int, wish: ModelWish) -> int | None:
    return None if wish.context_tokens is None else min(wish.context_tokens, longest)


def _text_facts(files: ModelFiles, post: Post) -> tuple[bool, bool]:
    """Whether the checkpoint has a chat template, and whether that has a thinking switch.

    A template that does not work is reported here and again by every answer that needs it; its model can
    still be opened, since nothing else depends on it.
    """
    codec = files.codec
    try:
        return codec.has_chat_template, codec.supports_thinking
    except ChatTemplateError as error:
        post(Notice(str(error)))
        return codec.has_chat_template, False


def _facts(opened: OpenModel, has_chat_template: bool, supports_thinking: bool) -> ModelFacts:
    model = opened.session.model
    return ModelFacts(
        wish=opened.wish,
        scheme=str(model.scheme),
        context_tokens=model.context_tokens,
        adapter=model.gpu.adapter,
        sites=model.sites,
        sampling=recommended_sampling(opened.files.checkpoint.generation),
        has_chat_template=has_chat_template,
        supports_thinking=supports_thinking,
        longest_context_tokens=model.config.max_position_embeddings,
    )
