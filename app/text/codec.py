"""Words to numbers and back for one checkpoint: its tokenizer and its chat template behind one door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from app.text.chat_template import ChatTemplate, Message
from app.text.config import TextConfig
from app.text.decoder import IncrementalDecoder
from app.text.errors import ChatTemplateError
from app.text.tokenizer import ByteLevelTokenizer

END_OF_TURN = "eos_token"


class TextCodec:
    """`TextCodec.load(directory)` reads tokenizer.json, tokenizer_config.json and chat_template.jinja."""

    def __init__(self, tokenizer: ByteLevelTokenizer, config: TextConfig, source: str) -> None:
        self._tokenizer = tokenizer
        self._config = config
        self._source = source
        self._template = (
            ChatTemplate(config.templates, config.special_tokens, source) if config.templates else None
        )

    @classmethod
    def load(cls, directory: Path) -> TextCodec:
        """Raises FormatError if a file is missing, corrupt, or of a kind this program does not read."""
        config = TextConfig.read(directory)
        return cls(ByteLevelTokenizer.load(directory, config.added_tokens), config, str(directory))

    @property
    def vocab_size(self) -> int:
        """Tokens with a text; the model's own vocabulary may be padded beyond it."""
        return self._tokenizer.vocab_size

    @property
    def longest_token_bytes(self) -> int:
        """No token stands for more bytes: so many times the context is the longest text that can fit."""
        return self._tokenizer.longest_token_bytes

    @property
    def stop_ids(self) -> frozenset[int]:
        """The tokenizer's end-of-turn token; a checkpoint's generation_config.json may name more."""
        token_id = self._tokenizer.id_of(self._config.special_tokens.get(END_OF_TURN, ""))
        return frozenset() if token_id is None else frozenset({token_id})

    @property
    def has_chat_template(self) -> bool:
        return self._template is not None

    @cached_property
    def supports_thinking(self) -> bool:
        """Does `enable_thinking` change the prompt? Renders both ways to see. Raises ChatTemplateError."""
        if self._template is None:
            return False
        question = [Message("user", "Why?")]
        return self.render(question, enable_thinking=True) != self.render(question, enable_thinking=False)

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text, with whatever the tokenizer puts around it. Raises TextError."""
        return self._tokenizer.encode(text)

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        """Text of `ids`; bytes that are not UTF-8 become U+FFFD."""
        return self._tokenizer.decode(ids, skip_special_tokens=skip_special_tokens)

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes one token stands for, possibly part of a character; none outside the vocabulary."""
        return self._tokenizer.token_bytes(token_id)

    def stream_decoder(self, *, skip_special_tokens: bool = True) -> IncrementalDecoder:
        """A decoder for one reply: `push(id)` returns the text that became certain, `finish()` the rest."""
        return IncrementalDecoder(self._tokenizer, skip_special_tokens=skip_special_tokens)

    def render(
        self,
        messages: Sequence[Message],
        *,
        enable_thinking: bool | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
    ) -> str:
        """The prompt text of a conversation; `tools` are JSON schemas. Raises ChatTemplateError."""
        if self._template is None:
            raise ChatTemplateError(self._source, "is missing: this checkpoint completes plain text only")
        return self._template.render(
            messages,
            enable_thinking=enable_thinking,
            tools=tools,
            add_generation_prompt=add_generation_prompt,
        )

    def encode_chat(
        self,
        messages: Sequence[Message],
        *,
        enable_thinking: bool | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
    ) -> list[int]:
        """Token ids of `render`. The template writes its own special tokens, so none are added."""
        text = self.render(
            messages,
            enable_thinking=enable_thinking,
            tools=tools,
            add_generation_prompt=add_generation_prompt,
        )
        return self.encode_rendered(text)

    def encode_rendered(self, text: str) -> list[int]:
        """Token ids of what `render` gave, possibly with the beginning of the answer after it."""
        return self._tokenizer.encode(text, add_special_tokens=False)

    def close(self) -> None:
        """End the process that renders the template, if it was started."""
        if self._template is not None:
            self._template.close()
