"""Answers as tokens: which are drawn so, what is shown of the one that is opened, and what it leads to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QObject, QRect, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.scores import ScoreController
from app.controllers.turns import TurnsController
from app.conversations import Message
from app.engine_thread import EngineThread
from app.messages import ModelFacts
from app.presenters.tokens import Standing, card_frame, token_name, tokens_frame
from app.tasks.activations import TokenRead, TokenWish, read_token
from app.token_trace import TokenTrace
from gpu.errors import QuantscopeError
from views.chat import ChatPanel
from views.chat.token_card import TokenCard
from views.frames import MessageFrame
from views.frames.tokens import TokensFrame

_BUSY = "The model is busy; an alternative can be chosen when it is done."
_OTHER_MODEL = "Another model wrote this answer; open that one to go on from here."


class TokensController(QObject):
    """`token_read` names the token whose activations the probes hold now, `token_captured` has them of every
    site; `tint_chosen` is the tint's switch and what it compares with.
    """

    token_read = Signal(str)
    token_captured = Signal(str, object)
    tint_chosen = Signal(bool, str)

    def __init__(
        self,
        panel: ChatPanel,
        card: TokenCard,
        engine: EngineThread,
        chat: ChatController,
        turns: TurnsController,
    ) -> None:
        super().__init__(panel)
        self._panel, self._card, self._engine = panel, card, engine
        self._chat, self._turns = chat, turns
        self.scores = ScoreController(engine, chat)
        self._facts: ModelFacts | None = None
        self._tinted = False
        self._switched: dict[int, bool] = {}  # answers that the person wants drawn otherwise than the rest
        self._frames: dict[int, tuple[TokenTrace, Standing, TokensFrame]] = {}
        self._opened: tuple[int, int] = (0, 0)  # answer and token on the card
        self._connect()
        chat.set_dress(self._dress)

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._card.close()
        self.scores.set_model(facts)

    @Slot(bool)
    def tint(self, tinted: bool) -> None:
        """Draw every answer as tokens, coloured by how far the open model strayed."""
        self._tinted, self._switched = tinted, {}
        self._chat.composer.set_tinted(tinted)
        self.scores.set_wanted(tinted)
        self._chat.show_text()
        self.tint_chosen.emit(tinted, self.scores.reference)

    @Slot(str)
    def choose_reference(self, reference: str) -> None:
        """What answers are compared with from now on."""
        self.scores.choose(reference)
        self.tint_chosen.emit(self._tinted, reference)

    @Slot(int, bool)
    def draw_as_tokens(self, key: int, shown: bool) -> None:
        """One answer, whatever the rest are drawn as."""
        self._switched[key] = shown
        self._chat.show_text()

    def _dress(self, message: Message, frame: MessageFrame) -> MessageFrame:
        """Add the tokens to the frame of an answer that is drawn with them."""
        wanted = self._switched.get(frame.key, self._tinted)
        if not wanted or not frame.has_tokens or frame.state == "streaming":
            return frame
        try:
            trace = self._chat.trace(message.id)
        except QuantscopeError as error:
            return replace(frame, note=f"{frame.note} · {error}" if frame.note else str(error))
        return frame if trace is None else replace(frame, tokens=self._frame(message.id, trace))

    def _frame(self, key: int, trace: TokenTrace) -> TokensFrame:
        """Made once for what it shows: a running answer has the whole transcript drawn many times."""
        standing = self.scores.standing(key, trace)
        known = self._frames.get(key)
        if known is None or known[0] is not trace or known[1] != standing:
            known = self._frames[key] = (trace, standing, tokens_frame(trace, standing))
        return known[2]

    @Slot(int, int, object)
    def open(self, key: int, index: int, place: QRect) -> None:
        """Show the card of a token beside it."""
        trace = self._chat.trace(key)
        if trace is None or not 0 <= index < len(trace):
            return
        self._opened = (key, index)
        note = self._hindrance(trace)
        score = self.scores.standing(key, trace).score
        self._card.set_frame(card_frame(trace, index, score, not note, not note, note))
        self._card.popup_beside(place)

    @Slot(int, int, object)
    def open_word(self, key: int, offset: int, place: QRect) -> None:
        """Show the card of the token that wrote what is at `offset` of an answer.

        Where that cannot be said the answer is drawn as tokens, with the reason if its record is broken.
        """
        index = None
        with suppress(QuantscopeError):
            trace = self._chat.trace(key)
            index = None if trace is None else trace.index_of(self._chat.dialogue.tree[key].text, offset)
        if index is None:
            self.draw_as_tokens(key, True)
        else:
            self.open(key, index, place)

    def _hindrance(self, trace: TokenTrace) -> str:
        """Why nothing can be asked about an answer now; empty if it can."""
        if self._facts is None or trace.model != self._facts.wish.model:
            return _OTHER_MODEL
        return "" if self._chat.state == "ready" else _BUSY

    @Slot(int)
    def _branch(self, token_id: int) -> None:
        """Go on with another token, as a variant of the answer."""
        key, index = self._opened
        trace = self._chat.trace(key)
        if trace is not None:
            start = trace.with_choice(index, token_id)
            self._turns.branch(key, start.token_ids(), start)

    @Slot()
    def _inspect(self) -> None:
        """Have the panels show what the token did."""
        key, index = self._opened
        trace, question = self._chat.trace(key), self._chat.question(key)
        if trace is not None and question is not None:
            wish = TokenWish(question, trace.token_ids(), index, token_name(trace, index))
            self._engine.run(lambda desk, cancel: read_token(desk, cancel, wish))

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, TokenRead):
            self.token_read.emit(letter.label)
            self.token_captured.emit(letter.label, letter.capture)

    def _connect(self) -> None:
        self._panel.tint_toggled.connect(self.tint)
        self._panel.tokens_toggled.connect(self.draw_as_tokens)
        self._panel.token_opened.connect(self.open)
        self._panel.word_opened.connect(self.open_word)
        self._panel.reference_chosen.connect(self.choose_reference)
        self._card.branch_requested.connect(self._branch)
        self._card.inspect_requested.connect(self._inspect)
        self._engine.told.connect(self._hear)
        self.scores.changed.connect(self._chat.show_text)
