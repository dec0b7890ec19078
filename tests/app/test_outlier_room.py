"""What of a chat is captured."""

from __future__ import annotations

from types import SimpleNamespace

from app.messages import Question, Turn
from app.outlier_room import last_answer
from app.token_trace import TokenTrace, TraceBuilder, TraceEntry
from gpu.token_detail import TokenDetail

QUESTION = Question((Turn("user", "Why?"),))


def chat(trace: TokenTrace | None, *roles: str) -> SimpleNamespace:
    path = [
        SimpleNamespace(id=i, role=role, text="Because.", reasoning="Hm.") for i, role in enumerate(roles)
    ]
    return SimpleNamespace(path=path, question=lambda _key: QUESTION, trace=lambda _key: trace)


def test_the_last_answer_comes_with_its_tokens_and_what_they_read_as() -> None:
    builder = TraceBuilder("demo")
    for token, piece in ((5, b"Be"), (6, b"cause")):
        builder.append(TraceEntry(TokenDetail(token, 0.5, 0.5, 0.5, (token,), (0.5,)), piece, (piece,)))
    wish = last_answer(chat(builder.trace(), "user", "assistant", "user"))
    assert wish is not None
    assert wish.question == QUESTION
    assert (wish.answer_ids, wish.answer_pieces) == ((5, 6), (b"Be", b"cause"))


def test_without_tokens_it_comes_as_text() -> None:
    wish = last_answer(chat(None, "user", "assistant"))
    assert wish is not None
    assert wish.question is not None
    assert wish.question.turns[-1] == Turn("assistant", "Because.", "Hm.")
    assert wish.answer_ids == ()


def test_before_the_first_answer_there_is_nothing() -> None:
    assert last_answer(chat(None, "user")) is None
