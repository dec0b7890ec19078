"""Turns token ids into text one at a time, never showing part of a character."""

from __future__ import annotations

import codecs

from app.text.tokenizer import ByteLevelTokenizer


class IncrementalDecoder:
    """Texts returned by `push`, then `finish`, concatenate to the tokenizer's `decode` of all the ids.

    A token of a byte-level vocabulary is a run of bytes, possibly ending inside a character; an incremental
    UTF-8 decoder holds back those last bytes (three at most), so each token costs its own length and no more.
    """

    def __init__(self, tokenizer: ByteLevelTokenizer, *, skip_special_tokens: bool = True) -> None:
        self._tokenizer = tokenizer
        self._skip_special_tokens = skip_special_tokens
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, token_id: int) -> str:
        """The text that is certain now; empty while a character is incomplete."""
        if self._skip_special_tokens and self._tokenizer.is_special(token_id):
            return ""
        return self._utf8.decode(self._tokenizer.token_bytes(token_id))

    def finish(self) -> str:
        """What was held back: U+FFFD if the ids ended inside a character. The decoder is then as new."""
        text = self._utf8.decode(b"", final=True)
        self._utf8.reset()
        return text
