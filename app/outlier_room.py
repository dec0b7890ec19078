"""The outlier browser's page of the window, put together."""

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
from views.rail import Workspace
from views.theme import Theme


def outliers_page(
    theme: Theme,
    engine: EngineThread,
    chat: Callable[[], ChatController],
    prompts: Callable[[], tuple[str, ...]],
    pins: PinFile | None,
) -> tuple[OutliersController, Workspace]:
    """The controller and its page; the chat may be built later. Without `pins` no pinned channel is kept."""
    panel = OutliersPanel(theme)
    controller = OutliersController(panel, engine, Sources(lambda: last_answer(chat()), prompts), pins)
    tooltip = "Which channels spike, where, on which tokens, and what they do to the model"
    return controller, Workspace("outliers", "Outliers", "outliers", tooltip, panel)


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
