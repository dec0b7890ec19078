"""A conversation kept turn by turn; the engine finds again what it already has in its cache."""

from __future__ import annotations

from collections.abc import Callable

from app.cli.interrupts import stoppable
from app.engine_session import ModelFiles
from app.messages import Turn
from app.reply import ReplyReader, prompt_ids
from app.text import Reply
from gpu.errors import RequestError
from gpu.events import Failed, Token
from gpu.generate import Request, generate
from gpu.model import Model
from gpu.sampling import Sampling

Show = Callable[[Reply, Reply], None]
"""Shows a further piece of a reply, given what was shown of it before."""


class Conversation:
    """`thinking` None leaves it to the chat template. `looks_up`: see `Request`."""

    def __init__(
        self,
        model: Model,
        files: ModelFiles,
        sampling: Sampling,
        max_new_tokens: int | None,
        thinking: bool | None,
        *,
        looks_up: bool = False,
    ) -> None:
        self._model, self._files, self._looks_up = model, files, looks_up
        self._sampling, self._max_new_tokens = sampling, max_new_tokens
        self._thinking = thinking
        self._turns: list[Turn] = []
        self._run_id = 0

    def ask(self, question: str, show: Show) -> None:
        """Answer `question`, showing the answer as it grows; Ctrl-C ends it where it is.

        Raises:
            QuantscopeError: it cannot be answered; the conversation is as it was.
        """
        turns = [*self._turns, Turn("user", question)]
        reply = self._answer(prompt_ids(self._files.codec, turns, self._thinking), show)
        self._turns = [*turns, Turn("assistant", reply.answer, reply.reasoning)]

    def reset(self) -> None:
        self._turns = []

    def toggle_thinking(self) -> bool:
        """Whether it thinks from now on.

        Raises:
            RequestError: this model's template has no such switch.
        """
        if not self._files.codec.supports_thinking:
            raise RequestError("The chat template of this model has no switch for thinking.")
        self._thinking = not self._thinking
        return self._thinking

    def messages(self) -> list[dict[str, str]]:
        """All turns, for JSON."""
        return [
            {"role": turn.role, "content": turn.text}
            | ({"reasoning": turn.reasoning} if turn.reasoning else {})
            for turn in self._turns
        ]

    def _answer(self, ids: tuple[int, ...], show: Show) -> Reply:
        self._run_id += 1
        request = Request(
            self._run_id,
            ids,
            self._sampling,
            self._files.stop_ids,
            self._max_new_tokens,
            looks_up=self._looks_up,
        )
        reader, said = ReplyReader(self._files.codec, ids), Reply()

        def take(more: Reply) -> None:
            nonlocal said
            show(said, more)
            said += more

        with stoppable() as cancel:
            for event in generate(self._model, request, cancel):
                if isinstance(event, Failed):
                    raise RequestError(event.message)
                if isinstance(event, Token):
                    take(reader.push(event.token_id))
        take(reader.finish())
        return said
