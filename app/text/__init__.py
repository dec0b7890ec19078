"""Words to numbers and back: tokenizer, chat template, incremental decoding."""

from app.text.chat_template import Message
from app.text.codec import TextCodec
from app.text.decoder import IncrementalDecoder
from app.text.errors import ChatTemplateError, TextError
from app.text.reasoning import ReasoningSplitter, Reply, split_reasoning

__all__ = [
    "ChatTemplateError",
    "IncrementalDecoder",
    "Message",
    "ReasoningSplitter",
    "Reply",
    "TextCodec",
    "TextError",
    "split_reasoning",
]
