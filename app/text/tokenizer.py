"""Text to token ids and back, through a checkpoint's tokenizer.json (byte-level BPE, as every Qwen3 has)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders

from app.text.errors import TextError
from gpu.errors import FormatError

TOKENIZER = "tokenizer.json"


class ByteLevelTokenizer:
    """Wraps `tokenizers.Tokenizer`, and knows the bytes behind every token, which streaming needs."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        added = tokenizer.get_added_tokens_decoder()
        self._special_ids = frozenset(i for i, token in added.items() if token.special)
        self._byte_of = {character: byte for byte, character in enumerate(_byte_alphabet())}

    @classmethod
    def load(cls, directory: Path, added_tokens: Mapping[int, AddedToken]) -> ByteLevelTokenizer:
        """Read tokenizer.json, adding the tokens that only its configuration declares. Raises FormatError."""
        path = directory / TOKENIZER
        if not path.is_file():
            raise FormatError(path, "there is no such file, and without it no text can be read or written.")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing more specific
            raise FormatError(path, f"not a tokenizer this program can read ({error}).") from error
        if not isinstance(tokenizer.decoder, decoders.ByteLevel):
            raise FormatError(path, "only byte-level tokenizers are supported, as Qwen3 models have.")
        tokenizer.no_truncation()
        tokenizer.no_padding()
        _add_missing(tokenizer, added_tokens, path)
        return cls(tokenizer)

    def encode(self, text: str, *, add_special_tokens: bool = True) -> list[int]:
        """Token ids of `text`; special tokens written out in it become their ids. Raises TextError."""
        try:
            # A batch of one: only batches let other threads run meanwhile, and a long text takes seconds.
            (encoded,) = self._tokenizer.encode_batch([text], add_special_tokens=add_special_tokens)
        except TypeError as error:
            raise TextError(
                "The text holds half a surrogate pair, which is no character; remove it."
            ) from error
        ids: list[int] = encoded.ids
        return ids

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        """Text of `ids`; bytes that are not UTF-8 become U+FFFD, ids outside the vocabulary nothing."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=skip_special_tokens)
        return text

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes this token stands for; none for an id outside the vocabulary."""
        token = self._tokenizer.id_to_token(token_id) or ""
        if all(character in self._byte_of for character in token):
            return bytes(self._byte_of[character] for character in token)
        return token.encode()  # an added token is its own text

    def is_special(self, token_id: int) -> bool:
        return token_id in self._special_ids

    def id_of(self, token: str) -> int | None:
        token_id: int | None = self._tokenizer.token_to_id(token)
        return token_id

    @cached_property
    def longest_token_bytes(self) -> int:
        """The most bytes that one token stands for."""
        plain = self._tokenizer.get_vocab(with_added_tokens=False)  # a byte is one character there
        added = self._tokenizer.get_added_tokens_decoder().values()
        return max((*map(len, plain), *(len(token.content.encode()) for token in added)), default=1)

    @property
    def vocab_size(self) -> int:
        """Tokens with a text; the model's own vocabulary may be padded beyond it."""
        size: int = self._tokenizer.get_vocab_size(with_added_tokens=True)
        return size


def _add_missing(tokenizer: Tokenizer, tokens: Mapping[int, AddedToken], path: Path) -> None:
    """Add the tokens that tokenizer.json lacks; each must get the id its configuration gives it."""
    for token_id, token in sorted(tokens.items()):
        if tokenizer.token_to_id(token.content) is None:
            tokenizer.add_tokens([token])
        if tokenizer.token_to_id(token.content) != token_id:
            raise FormatError(path, f"{token.content!r} is declared to have id {token_id} and does not.")


def _byte_alphabet() -> list[str]:
    """The character that stands for each of the 256 bytes in a byte-level vocabulary (introduced by GPT-2).

    Bytes that are printable in Latin-1 stand for themselves; the others are numbered from U+0100 on.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) if byte in printable else chr(0x100 + others.index(byte)) for byte in range(256)]
