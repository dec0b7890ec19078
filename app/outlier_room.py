"""The outlier browser put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.controllers.chat import ChatController
from app.controllers.outliers import OutliersController
from app.engine_thread import EngineThread
from app.messages import Turn
from app.pin_records import PinFile
from app.sources import Sources
from app.tasks.capture import TextWish
from views.outliers import OutliersPanel
from views.theme import Theme


def make_outliers(
    theme: Theme,
    engine: EngineThread,
    chat: Callable[[], ChatController],
    prompts: Callable[[], tuple[str, ...]],
    pins: PinFile | None,
) -> OutliersController:
    """The controller with its page; without `pins` no pinned channel is kept."""
    sources = Sources(lambda: last_answer(chat()), prompts)
    return OutliersController(OutliersPanel(theme), engine, sources, pins)


def last_answer(chat: ChatController) -> TextWish | None:
    """The conversation on show with its last answer, as text where its tokens are not kept; None before the
    first."""
    for message in reversed(chat.path):
        question = chat.question(message.id) if message.role == "assistant" else None
        if question is None:
            continue
        trace = chat.trace(message.id)
        if trace is None:
            answer = Turn("assistant", message.text, message.reasoning)
            return TextWish("Chat", question=replace(question, turns=(*question.turns, answer)))
        ids, pieces = trace.token_ids(), tuple(trace.token_pieces())
        return TextWish("Chat", question=question, answer_ids=ids, answer_pieces=pieces)
    return None
