"""From a place in what is shown of a Markdown block to the place where it was written."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"[A-Za-z0-9_]+|[^\sA-Za-z0-9_]")  # a letter of any other script is a word of its own


def written_at(shown: str, at: int, source: str) -> int | None:
    """Where in `source` the character is written that `shown` has at `at`.

    The words of both are laid beside each other; None for what was not written so, such as an entity.
    """
    drawn, written = list(_WORD.finditer(shown)), list(_WORD.finditer(source))
    place = next((n for n, word in enumerate(drawn) if word.start() <= at < word.end()), None)
    if place is None:
        return None
    matcher = SequenceMatcher(None, [w[0] for w in written], [w[0] for w in drawn], autojunk=False)
    for match in matcher.get_matching_blocks():
        if match.b <= place < match.b + match.size:
            return written[match.a + place - match.b].start() + at - drawn[place].start()
    return None
