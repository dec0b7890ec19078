"""A conversation as token ids, and the ids of a reply as text, its thoughts and its answer apart."""

from __future__ import annotations

from collections.abc import Sequence

from app.messages import Turn
from app.text import Message, ReasoningSplitter, Reply, TextCodec
from app.text.reasoning import OPEN
from app.token_trace import TraceEntry
from gpu.token_detail import TokenDetail

_TAIL = 8  # tokens that surely hold an opening tag and the newline after it


def prompt_ids(codec: TextCodec, turns: Sequence[Turn], thinking: bool | None) -> tuple[int, ...]:
    """Token ids to continue. A checkpoint without a chat template is given the plain text so far.

    Raises:
        TextError: the template refuses the conversation, or a text cannot be tokenized.
    """
    if not codec.has_chat_template:
        return tuple(codec.encode("".join(turn.text for turn in turns)))
    messages = [Message(turn.role, turn.text, turn.reasoning or None) for turn in turns]
    return tuple(codec.encode_chat(messages, enable_thinking=thinking))


def trace_entry(detail: TokenDetail, codec: TextCodec) -> TraceEntry:
    """What to remember of a token: the engine's figures and the bytes of every token they name."""
    pieces = tuple(codec.token_bytes(token) for token in detail.top_ids)
    return TraceEntry(detail, codec.token_bytes(detail.token_id), pieces)


class ReplyReader:
    """Feed it the tokens of one reply; what it returns adds up to the whole."""

    def __init__(self, codec: TextCodec, prompt: Sequence[int]) -> None:
        self._decoder = codec.stream_decoder()
        end = codec.decode(prompt[-_TAIL:], skip_special_tokens=False)
        self._splitter = ReasoningSplitter(thinking=end.rstrip().endswith(OPEN))

    def push(self, token_id: int) -> Reply:
        return self._splitter.push(self._decoder.push(token_id))

    def push_all(self, token_ids: Sequence[int]) -> Reply:
        return sum(map(self.push, token_ids), Reply())

    def finish(self) -> Reply:
        """What was held back when the reply ended."""
        return self._splitter.push(self._decoder.finish()) + self._splitter.finish()
