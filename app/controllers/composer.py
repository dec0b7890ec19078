"""The settings of the conversation: how the model thinks, draws and forgets, and what goes along."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.attachments import Attachment, AttachmentError, pasted, read_text_file
from app.conversations import Conversation
from app.dialogue import Dialogue
from app.engine_thread import EngineThread
from app.messages import ModelFacts
from app.presenters.composer import ChatState, Writing, composer_frame
from app.presenters.sampling import sampling_of
from app.presets import presets_for, recommended
from app.tasks.count import Counted, counting
from gpu.sampling import Sampling
from views.chat import ChatPanel
from views.frames import AttachmentFrame, ComposerFrame, SamplingFrame

DEFAULTS = ("sampling", "max_new_tokens", "thinking", "when_full")  # what a new conversation takes over


class ComposerController(QObject):
    """Changes the conversation that is open; the next question is asked with what it says then."""

    sampling_chosen = Signal(object)  # Sampling, or None for what the model recommends
    refused = Signal(str)  # why a file cannot go along, in a sentence

    def __init__(self, panel: ChatPanel, dialogue: Dialogue, engine: EngineThread) -> None:
        super().__init__(panel)
        self._panel, self._dialogue, self._engine = panel, dialogue, engine
        self._facts: ModelFacts | None = None
        self._state: ChatState = "empty"
        self._attachments: tuple[Attachment, ...] = ()
        self._tokens: dict[Attachment, int] = {}
        self._tinted = False
        self._connect()

    def set_dialogue(self, dialogue: Dialogue) -> None:
        self._dialogue, self._attachments = dialogue, ()

    def set_facts(self, facts: ModelFacts | None) -> None:
        self._facts, self._tokens = facts, {}
        for attached in self._attachments:
            self._count(attached)

    def frame(self, state: ChatState) -> ComposerFrame:
        self._state = state
        attached = tuple(map(self._attachment_frame, self._attachments))
        writing = Writing(self._dialogue.conversation, self._dialogue.questions(), attached)
        frame = composer_frame(state, self._facts, writing)
        return replace(frame, can_tint=self._facts is not None, tinted=self._tinted)

    def _attachment_frame(self, attached: Attachment) -> AttachmentFrame:
        tokens = self._tokens.get(attached)
        room = self._facts.context_tokens if self._facts is not None else None
        fits = tokens is None or room is None or tokens < room
        return AttachmentFrame(attached.name, tokens, "" if fits else f"more than the context's {room:,}")

    def show(self, state: ChatState) -> None:
        self._panel.set_composer(self.frame(state))

    def set_tinted(self, tinted: bool) -> None:
        """Whether answers are coloured by damage."""
        self._tinted = tinted
        self.show(self._state)

    def take_attachments(self) -> tuple[Attachment, ...]:
        """What goes along with the question that is sent now."""
        taken, self._attachments = self._attachments, ()
        return taken

    def attach(self, attached: Attachment) -> None:
        """Have a text go along with the next question."""
        self._attachments = (*self._attachments, attached)
        self.show(self._state)
        self._count(attached)

    def _count(self, attached: Attachment) -> None:
        """Tokens are counted by the open model's own tokenizer, beside everything else."""
        if self._facts is not None:
            self._engine.run(counting(attached), lambda _error: Counted(attached, None), background=True)

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, Counted) and letter.tokens is not None:
            self._tokens[letter.attachment] = letter.tokens
            self.show(self._state)

    @property
    def thinking(self) -> bool | None:
        """None where the model's template has no such switch."""
        supported = self._facts is not None and self._facts.supports_thinking
        return self._dialogue.conversation.thinking if supported else None

    @property
    def sampling(self) -> Sampling:
        """What was chosen, or else what the model recommends."""
        talk = self._dialogue.conversation
        return talk.sampling or recommended(self._facts, talk.thinking)

    def set_sampling(self, sampling: Sampling | None) -> None:
        self._dialogue.change(sampling=sampling)
        self.show(self._state)

    @Slot(bool)
    def _choose_thinking(self, thinking: bool) -> None:
        self._dialogue.change(thinking=thinking)
        self.show(self._state)

    @Slot(object)
    def _choose_sampling(self, frame: SamplingFrame) -> None:
        """Values equal to the recommended ones stand for what the model recommends, whatever that will be."""
        talk = self._dialogue.conversation
        chosen = sampling_of(frame)
        sampling = None if chosen == recommended(self._facts, talk.thinking) else chosen
        self._dialogue.change(sampling=sampling, max_new_tokens=frame.max_tokens)
        self.show(self._state)
        self.sampling_chosen.emit(sampling)

    @Slot(str)
    def _choose_preset(self, key: str) -> None:
        found = next((one for one in presets_for(self._facts) if one.key == key), None)
        if found is not None:
            self.set_sampling(found.sampling)
            self.sampling_chosen.emit(found.sampling)

    @Slot(str)
    def _change_system_prompt(self, text: str) -> None:
        if text != self._dialogue.conversation.system_prompt:
            self._dialogue.change(system_prompt=text)

    @Slot(str)
    def _choose_policy(self, key: str) -> None:
        if key in ("stop", "forget"):
            self._dialogue.change(when_full=key)
            self.show(self._state)

    @Slot(list)
    def _attach_files(self, paths: list[str]) -> None:
        for path in paths:
            try:
                self.attach(read_text_file(Path(path)))
            except AttachmentError as error:
                self.refused.emit(str(error))

    @Slot(str)
    def _attach_paste(self, text: str) -> None:
        self.attach(pasted(text))

    @Slot(int)
    def _remove_attachment(self, place: int) -> None:
        kept = [one for other, one in enumerate(self._attachments) if other != place]
        self._attachments = tuple(kept)
        self.show(self._state)

    def _connect(self) -> None:
        self._engine.told.connect(self._hear)
        panel = self._panel
        panel.thinking_toggled.connect(self._choose_thinking)
        panel.sampling_changed.connect(self._choose_sampling)
        panel.preset_chosen.connect(self._choose_preset)
        panel.system_prompt_changed.connect(self._change_system_prompt)
        panel.context_policy_chosen.connect(self._choose_policy)
        panel.attach_requested.connect(self._attach_files)
        panel.paste_attached.connect(self._attach_paste)
        panel.attachment_removed.connect(self._remove_attachment)


def with_defaults_of(conversation: Conversation, former: Conversation) -> Conversation:
    """A new conversation that is asked as the former one was."""
    return replace(conversation, **{name: getattr(former, name) for name in DEFAULTS})
