"""What a failure shown to a person must look like."""

from __future__ import annotations

import re


def is_one_sentence(text: str) -> bool:
    """One line that begins with a word and ends with its only full stop, with nothing of Python in it."""
    ends = re.findall(r"[.!?](?:\s|$)", text)
    return (
        "\n" not in text
        and bool(re.match(r"[\w'/]", text))
        and len(ends) == 1
        and text.endswith(".")
        and not re.search(r"Traceback|Error\(|0x[0-9a-f]{6}|None", text)
    )
