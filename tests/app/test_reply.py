from __future__ import annotations

import pytest

from app.messages import Turn
from app.reply import ReplyReader, prompt_ids, thinking_tokens, trace_entry
from app.text import Reply, TextCodec
from app.text.config import TextConfig
from app.text.tokenizer import ByteLevelTokenizer
from gpu.token_detail import TokenDetail
from tests.golden.text import DIRECTORIES


@pytest.fixture(scope="module")
def small() -> TextCodec:
    return TextCodec.load(DIRECTORIES["small"])


def read(reader: ReplyReader, codec: TextCodec, text: str) -> Reply:
    said = Reply()
    for token_id in codec.encode(text):
        said = said + reader.push(token_id)
    return said + reader.finish()


def test_the_conversation_is_put_through_the_chat_template(small: TextCodec) -> None:
    turns = (Turn("user", "Why?"), Turn("assistant", "Because."), Turn("user", "Since when?"))
    text = small.decode(prompt_ids(small, turns, None), skip_special_tokens=False)
    assert text.index("Why?") < text.index("Because.") < text.index("Since when?")
    assert text.count("<|im_start|>") == 4


def test_without_a_template_the_plain_text_is_continued() -> None:
    directory = DIRECTORIES["small"]
    config = TextConfig.read(directory)
    tokenizer = ByteLevelTokenizer.load(directory, config.added_tokens)
    bare = TextCodec(tokenizer, TextConfig(config.special_tokens, config.added_tokens, {}), "bare")
    ids = prompt_ids(bare, (Turn("user", "Once upon"), Turn("assistant", " a time")), None)
    assert bare.decode(ids) == "Once upon a time"


def test_thoughts_and_answer_come_apart(small: TextCodec) -> None:
    prompt = small.encode("hello")
    said = read(ReplyReader(small, prompt), small, "<think>\nHm.\n</think>\n\nYes, ∑ñ.")
    assert said == Reply("Hm.", "Yes, ∑ñ.")


def test_a_prompt_that_opens_the_thoughts_makes_the_reply_begin_with_them(small: TextCodec) -> None:
    prompt = small.encode("question <think>\n")
    assert read(ReplyReader(small, prompt), small, "Hm.\n</think>\nYes.") == Reply("Hm.", "Yes.")


@pytest.mark.parametrize(
    ("prompt", "thoughts", "answer"),
    [
        ("hello", "<think>\nHm.\n</think>", "\n\nYes."),
        ("hello <think>\n", "Hm.\n</think>", "\nYes."),
        ("hello", "", "Yes. <think>no</think>"),
        ("hello", "<think>\nHm", ""),
    ],
)
def test_thoughts_are_counted_with_their_tags(
    small: TextCodec, prompt: str, thoughts: str, answer: str
) -> None:
    ids = small.encode(thoughts) + small.encode(answer)
    assert thinking_tokens(small, small.encode(prompt), ids) == len(small.encode(thoughts))


def test_what_is_written_already_is_told_at_once(small: TextCodec) -> None:
    ids = small.encode("<think>\nHm.\n</think>\n\nYes, ∑ñ.")
    reader = ReplyReader(small, small.encode("hello"))
    said = reader.push_all(ids[:-3])
    for token_id in ids[-3:]:
        said = said + reader.push(token_id)
    assert said + reader.finish() == Reply("Hm.", "Yes, ∑ñ.")


def test_a_token_is_remembered_with_the_bytes_of_what_could_have_come(small: TextCodec) -> None:
    first, second = small.encode("é")[0], small.encode("hello")[0]
    entry = trace_entry(TokenDetail(first, 0.5, 1.0, 1.0, (second, first), (0.5, 0.5)), small)
    assert entry.piece == "é".encode()[: len(entry.piece)]
    assert entry.top_pieces == (small.token_bytes(second), entry.piece)


@pytest.mark.parametrize(
    ("turn", "end"),
    [
        (Turn("assistant", "Because of"), "Because of"),
        (Turn("assistant", "", "Hm, let"), "<think>\nHm, let"),
        (Turn("assistant", "Yes,", "Hm."), "<think>\nHm.\n</think>\n\nYes,"),
    ],
)
def test_an_unfinished_answer_is_left_open(small: TextCodec, turn: Turn, end: str) -> None:
    text = small.decode(prompt_ids(small, (Turn("user", "Why?"), turn), None), skip_special_tokens=False)
    assert text.endswith(end)
    assert text.count("<|im_start|>") == 2


def test_an_answer_goes_on_in_the_mode_it_began_in(small: TextCodec) -> None:
    for thinking in (True, False):
        plain, thought = (
            small.decode(prompt_ids(small, (Turn("user", "Why?"), turn), thinking), skip_special_tokens=False)
            for turn in (Turn("assistant", "So"), Turn("assistant", "So", "Hm."))
        )
        assert plain.endswith("<think>\n\n</think>\n\nSo")
        assert thought.endswith("<think>\nHm.\n</think>\n\nSo")


def test_a_reply_that_goes_on_keeps_its_newlines(small: TextCodec) -> None:
    prompt = small.encode("hello")
    thinking = ReplyReader(small, prompt, Turn("assistant", "", "One"))
    assert read(thinking, small, "\ntwo\n</think>\n\nYes.") == Reply("\ntwo", "Yes.")
    answering = ReplyReader(small, prompt, Turn("assistant", "One", "Hm."))
    assert read(answering, small, "\n\ntwo <think>") == Reply("", "\n\ntwo <think>")
