"""What a task finds on the engine thread: the open model, a companion of it, and where its letters go."""

from __future__ import annotations

from collections.abc import Callable

from app.engine_session import EngineOptions, EngineSession, ModelFiles
from app.mailbox import Post
from app.messages import ModelWish, TaskProgress
from gpu.errors import RequestError
from gpu.qwen3.loader import LoadProgress
from gpu.scheme import Scheme

Cancel = Callable[[], bool]


class OpenModel:
    """A model on its device with the text side of its checkpoint, and at most one companion.

    A companion is the same checkpoint under another scheme on a device of its own, so that neither's cache
    nor ledger touches the other's. It stays until another one is asked for, or the model is closed.
    """

    def __init__(self, wish: ModelWish, files: ModelFiles, session: EngineSession) -> None:
        self.wish = wish
        self.files = files
        self.session = session
        self._companion: EngineSession | None = None

    def companion(self, options: EngineOptions) -> EngineSession:
        """The companion under this scheme, loaded if it is not there yet.

        Raises:
            BudgetError: it does not fit beside the model; nothing was allocated.
            Cancelled: `options.cancel` said so while it was loading.
        """
        if self._companion is not None and self._companion.model.scheme == options.scheme:
            return self._companion
        self.drop_companion()
        self._companion = EngineSession(self.files.checkpoint, options)
        return self._companion

    def drop_companion(self) -> None:
        """Free what the companion holds."""
        companion, self._companion = self._companion, None
        if companion is not None:
            companion.close()

    @property
    def held_bytes(self) -> int:
        """What closing it frees, its companion included."""
        sessions = (self.session, *((self._companion,) if self._companion is not None else ()))
        return sum(session.gpu.ledger.total_bytes() for session in sessions)

    def close(self) -> None:
        self.drop_companion()
        self.files.close()
        self.session.close()


class Desk:
    """Handed to every task; good only while the task runs."""

    def __init__(self, model: OpenModel | None, post: Post) -> None:
        self._model = model
        self.post = post

    @property
    def opened(self) -> OpenModel:
        """Raises RequestError if no model is open."""
        if self._model is None:
            raise RequestError("No model is open; open one first.")
        return self._model

    def companion(self, scheme: Scheme, cancel: Cancel) -> EngineSession:
        """The open model's checkpoint under another scheme, on the same adapter and with the same context.

        Raises:
            BudgetError: it does not fit beside the open model.
        """
        session = self.opened.session
        return self.opened.companion(
            EngineOptions(
                scheme=scheme,
                adapter=self.opened.wish.adapter,
                context_tokens=session.model.context_tokens,
                progress=lambda at: self._report_loading(scheme, at),
                cancel=cancel,
            )
        )

    def _report_loading(self, scheme: Scheme, at: LoadProgress) -> None:
        self.post(TaskProgress("companion", f"{scheme}: {at.stage}", at.done_bytes, at.total_bytes))
