"""A conversation as token ids, and the ids of a reply as text, its thoughts and its answer apart."""

from __future__ import annotations

from collections.abc import Sequence

from app.messages import Turn
from app.text import Message, ReasoningSplitter, Reply, TextCodec
from app.text.reasoning import CLOSE, OPEN
from app.token_trace import TraceEntry
from gpu.token_detail import TokenDetail

_TAIL = 8  # tokens that surely hold an opening tag and the newline after it


def prompt_ids(codec: TextCodec, turns: Sequence[Turn], thinking: bool | None) -> tuple[int, ...]:
    """Token ids to continue. A checkpoint without a chat template is given the plain text so far.

    A last turn of the assistant's is left open, so that the model goes on with it.

    Raises:
        TextError: the template refuses the conversation, or a text cannot be tokenized.
    """
    if not codec.has_chat_template:
        return tuple(codec.encode("".join(turn.text for turn in turns)))
    unfinished = unfinished_turn(turns)
    if unfinished is None:
        return tuple(codec.encode_chat(_messages(turns), enable_thinking=thinking))
    if thinking is not None:
        thinking = bool(unfinished.reasoning)  # as the prompt was that this answer began after
    prompt = codec.render(_messages(turns[:-1]), enable_thinking=thinking)
    return tuple(codec.encode_rendered(prompt + _opening(prompt, unfinished)))


def unfinished_turn(turns: Sequence[Turn]) -> Turn | None:
    """The answer to go on with, if there is one."""
    return turns[-1] if turns and turns[-1].role == "assistant" else None


def _messages(turns: Sequence[Turn]) -> list[Message]:
    return [Message(turn.role, turn.text, turn.reasoning or None) for turn in turns]


def _opening(prompt: str, turn: Turn) -> str:
    """What the model has written of its turn so far, its thoughts in their tags."""
    if not turn.reasoning:
        return turn.text
    opened = "" if prompt.rstrip().endswith(OPEN) else f"{OPEN}\n"
    closed = f"\n{CLOSE}\n\n{turn.text}" if turn.text else ""
    return f"{opened}{turn.reasoning}{closed}"


def trace_entry(detail: TokenDetail, codec: TextCodec) -> TraceEntry:
    """What to remember of a token: the engine's figures and the bytes of every token they name."""
    pieces = tuple(codec.token_bytes(token) for token in detail.top_ids)
    return TraceEntry(detail, codec.token_bytes(detail.token_id), pieces)


def thinking_tokens(codec: TextCodec, prompt: Sequence[int], answer_ids: Sequence[int]) -> int:
    """How many tokens at the start of a reply are its thoughts, tags included; 0 if it has none."""
    reader = ReplyReader(codec, prompt)
    count = 1 if reader.thinking else 0
    for place, token_id in enumerate(answer_ids):
        reader.push(token_id)
        count = place + 2 if reader.thinking else count  # what follows at least closes them
    return min(count, len(answer_ids))


class ReplyReader:
    """Feed it the tokens of one reply; what it returns adds up to the whole."""

    def __init__(self, codec: TextCodec, prompt: Sequence[int], unfinished: Turn | None = None) -> None:
        """`unfinished` is the answer that the reply goes on with; its own text does not come again."""
        self._decoder = codec.stream_decoder()
        if unfinished is not None:
            self._splitter = ReasoningSplitter.resumed(thinking=not unfinished.text)
            return
        end = codec.decode(prompt[-_TAIL:], skip_special_tokens=False)
        self._splitter = ReasoningSplitter(thinking=end.rstrip().endswith(OPEN))

    @property
    def thinking(self) -> bool:
        """Is the model still inside its reasoning?"""
        return self._splitter.thinking

    def push(self, token_id: int) -> Reply:
        return self._splitter.push(self._decoder.push(token_id))

    def push_all(self, token_ids: Sequence[int]) -> Reply:
        return sum(map(self.push, token_ids), Reply())

    def finish(self) -> Reply:
        """What was held back when the reply ended."""
        return self._splitter.push(self._decoder.finish()) + self._splitter.finish()
