"""What a text may contain that would break or deceive a display, made visible or harmless."""

from __future__ import annotations

import re

_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_HARMLESS = {
    **_PICTURES,
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    0x0D: None,  # \r\n is a line's end, and a lone \r nothing one would want to see
    0x2028: "\n",
    0x2029: "\n",
    0xFFFC: 0xFFFD,  # what a text document uses for its own objects
    **dict.fromkeys(range(0xFDD0, 0xFDF0), 0xFFFD),
    **dict.fromkeys(range(0xFFFE, 0x10000), 0xFFFD),
}
_SURROGATES = re.compile("[\ud800-\udfff]")
# Overrides of the writing direction: code can be made to read otherwise than it runs (CVE-2021-42574).
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def readable(text: str) -> str:
    """`text` with control characters as their pictures (␛) and what is no character as �."""
    return _SURROGATES.sub("\ufffd", text.translate(_HARMLESS))


def unambiguous(code: str) -> str:
    """`code` with invisible changes of direction spelt out, so that it reads the way it runs."""
    return _DIRECTIONS.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", code)
