from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import ReasoningSplitter, Reply, split_reasoning

FRAGMENTS = st.sampled_from(
    ["<think>", "</think>", "<", "</", "<th", "ink>", "\n", "\n\n", " ", "a", "Ω😀", "</thin"]
)
REPLIES = st.lists(FRAGMENTS, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("", Reply()),
        ("4", Reply(answer="4")),
        ("\n\n4\n", Reply(answer="4\n")),
        ("<think>\nEasy.\n</think>\n\n4", Reply("Easy.", "4")),
        (" \n<think>a\n\nb\n\n</think>4", Reply("a\n\nb", "4")),
        ("<think>\n\n</think>\n\n4", Reply("", "4")),
        ("<think>\nstill at it\n", Reply("still at it", "")),
        ("<think>a < b </thin", Reply("a < b </thin", "")),
        ("<think>a</think>b <think>c</think>", Reply("a", "b <think>c</think>")),
        ("The tag <think> opens", Reply(answer="The tag <think> opens")),
        ("<thi", Reply(answer="<thi")),
        ("<thinker>", Reply(answer="<thinker>")),
    ],
)
def test_reasoning_and_answer(text: str, reply: Reply) -> None:
    assert split_reasoning(text) == reply


def test_a_block_opened_by_the_prompt() -> None:
    assert split_reasoning("\nEasy.\n</think>\n\n4", thinking=True) == Reply("Easy.", "4")


@given(text=REPLIES, data=st.data(), thinking=st.booleans())
def test_pieces_add_up_however_the_reply_is_cut(text: str, data: st.DataObject, thinking: bool) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    splitter = ReasoningSplitter(thinking=thinking)
    total = Reply()
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        total += splitter.push(text[start:end])
    assert total + splitter.finish() == split_reasoning(text, thinking=thinking)


@given(reasoning=st.text(), answer=st.text())
def test_what_was_wrapped_is_found_again(reasoning: str, answer: str) -> None:
    wrapped = f"<think>\n{reasoning.replace('</think>', '')}\n</think>\n\n{answer}"
    assert split_reasoning(wrapped) == Reply(
        reasoning.replace("</think>", "").strip("\n"), answer.lstrip("\n")
    )


def test_everything_certain_is_shown_at_once() -> None:
    splitter = ReasoningSplitter()
    shown = [splitter.push(piece) for piece in ("<th", "ink>\nx", "\n", "</", "b", "</think>", "\n\ny", " z")]
    assert shown == [
        Reply(),
        Reply("x"),
        Reply(),
        Reply(),
        Reply("\n</b"),
        Reply(),
        Reply(answer="y"),
        Reply(answer=" z"),
    ]


def test_it_tells_whether_the_model_still_thinks() -> None:
    splitter = ReasoningSplitter()
    states = []
    for piece in ("", "<think>", "x", "</think>", "y"):
        splitter.push(piece)
        states.append(splitter.thinking)
    assert states == [False, True, True, False, False]
