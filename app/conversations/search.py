"""Finding conversations by their words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.conversations.store import Store

MOST_HITS = 200
AROUND_CHARACTERS = 40
_OPEN, _CLOSE = "\x02", "\x03"
# Scripts that put no spaces between words: to the index a whole sentence of them is one word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

_IN_MESSAGES = f"""
SELECT message.conversation, message.id AS message, found.snippet FROM (
    SELECT rowid, snippet(message_words, 0, '{_OPEN}', '{_CLOSE}', '…', 12) AS snippet
    FROM message_words WHERE message_words MATCH ? ORDER BY rank LIMIT {MOST_HITS}
) AS found JOIN message ON message.id = found.rowid
JOIN conversation ON conversation.id = message.conversation
WHERE message.deleted_ms IS NULL AND conversation.deleted_ms IS NULL
"""
_IN_TITLES = f"""
SELECT conversation.id AS conversation, NULL AS message,
       highlight(conversation_words, 0, '{_OPEN}', '{_CLOSE}') AS snippet
FROM conversation_words JOIN conversation ON conversation.id = conversation_words.rowid
WHERE conversation_words MATCH ? AND conversation.deleted_ms IS NULL ORDER BY rank LIMIT {MOST_HITS}
"""
_ANYWHERE = f"""
SELECT conversation, id AS message, text AS snippet FROM message
WHERE {{like}} AND deleted_ms IS NULL
AND conversation IN (SELECT id FROM conversation WHERE deleted_ms IS NULL)
ORDER BY created_ms DESC LIMIT {MOST_HITS}
"""


@dataclass(frozen=True)
class Hit:
    """A conversation that was found, by its title (`message` None) or by a message in it.

    `snippet` are pieces of text; the ones that are what was looked for are marked True. `place` is the
    message to open it at: where a title was found, the best one besides.
    """

    conversation: int
    message: int | None
    snippet: tuple[tuple[str, bool], ...]
    place: int | None = None


def search(store: Store, query: str) -> tuple[Hit, ...]:
    """The best hit of each conversation, titles first. Every word must be there; the last may go on.

    Raises StoreError if the database cannot be read.
    """
    if not query.strip():
        return ()
    match = match_expression(query)
    rows = store.rows(_IN_TITLES, match) if match else []
    if _UNSPACED.search(query):
        hits = [_anywhere(row, query.split()) for row in store.rows(*_containing(query.split()))]
    else:
        rows += store.rows(_IN_MESSAGES, match) if match else []
        hits = []
    best: dict[int, Hit] = {}
    for hit in [*(_hit(row) for row in rows), *hits]:
        first = best.setdefault(hit.conversation, hit)
        if first.place is None:
            best[hit.conversation] = replace(first, place=hit.message)
    return tuple(best.values())


def match_expression(query: str) -> str:
    """Any text as a query in FTS5's language: each word quoted, and the beginning of one enough."""
    words = re.findall(r"\w+", query)
    return " ".join(f'"{word}"*' for word in words)


def pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    """A snippet with marks around what was found, in pieces."""
    found: list[tuple[str, bool]] = []
    for part in re.split(f"({_OPEN}[^{_CLOSE}]*{_CLOSE}?)", marked):
        text = " ".join(re.split(r"\s+", part.strip(_OPEN + _CLOSE)))
        if text:
            found.append((text, part.startswith(_OPEN)))
    return tuple(found)


def _hit(row: sqlite3.Row) -> Hit:
    return Hit(row["conversation"], row["message"], pieces(row["snippet"]))


def _anywhere(row: sqlite3.Row, words: Sequence[str]) -> Hit:
    """Around the first of the words."""
    text = row["snippet"]
    start = max(0, text.lower().find(words[0].lower()))
    end = start + len(words[0])
    before = ("…" if start > AROUND_CHARACTERS else "") + text[max(0, start - AROUND_CHARACTERS) : start]
    marked = f"{before}{_OPEN}{text[start:end]}{_CLOSE}{text[end : end + AROUND_CHARACTERS]}"
    return Hit(row["conversation"], row["message"], pieces(marked))


def _containing(words: Sequence[str]) -> tuple[str, ...]:
    """The statement that finds messages with every word anywhere in them, and its values."""
    like = " AND ".join(["text LIKE ? ESCAPE '\\'"] * len(words))
    return (_ANYWHERE.format(like=like), *map(_like, words))


def _like(word: str) -> str:
    escaped = re.sub(r"([%_\\])", r"\\\1", word)
    return f"%{escaped}%"
