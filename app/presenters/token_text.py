"""Bytes of tokens as text that can be seen: breaks, parts of characters and invisible ones included."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence

_PART = "⋅"  # stands for a token that ends inside a character; its last token shows the character
_JOINERS = "\u200c\u200d"  # within words and emoji; they change what is drawn
_BREAKS = {"\n": "↵\n", "\r": "␍", "\t": "⇥\t"}


def flow_texts(pieces: Sequence[bytes]) -> list[str]:
    """What each token adds to the running text. A break is drawn before it is made."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    last = len(pieces) - 1
    texts = []
    for place, piece in enumerate(pieces):
        text = decoder.decode(piece, final=place == last)
        texts.append(_shown(text) if text or not piece else _PART)
    return texts


def label_of(piece: bytes) -> str:
    """One token in quotes, or its bytes where they are no text of their own."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return "bytes " + piece.hex(" ").upper()
    shown = _shown(text).replace("\n", "").replace("\t", "")
    return f"«{shown}»" if text else "(nothing)"


def _shown(text: str) -> str:
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    """A character as it can be seen, and cannot turn the rest of the line around."""
    if character in _BREAKS:
        return _BREAKS[character]
    category = unicodedata.category(character)
    if category == "Cc":
        return chr(0x2400 + ord(character)) if ord(character) < 0x20 else f"⟨U+{ord(character):04X}⟩"
    if category in ("Cf", "Zl", "Zp", "Co", "Cn", "Cs") and character not in _JOINERS:
        return f"⟨U+{ord(character):04X}⟩"
    return character
