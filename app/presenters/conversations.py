"""The list of conversations, ready to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.conversations.records import UNTITLED, Conversation
from app.conversations.search import Hit
from views.frames.conversations import ConversationRow, ConversationSection, ConversationsFrame, WorkFrame

NOTHING_YET = "Conversations are kept here, from the first question on."
_AGES = ((7, "Previous 7 days"), (30, "Previous 30 days"))


@dataclass(frozen=True)
class Listing:
    """Everything the list shows. `hits` None is no search; `running` is being answered, 0 if none is."""

    conversations: Sequence[Conversation]
    current: int = 0
    running: int = 0
    query: str = ""
    hits: Sequence[Hit] | None = None
    undo: str = ""
    work: WorkFrame | None = None


def conversations_frame(listing: Listing, now: datetime) -> ConversationsFrame:
    """By age, pinned ones first; what a search found in the order it found them."""
    if listing.hits is None:
        sections = _by_age(listing, now)
        note = NOTHING_YET
    else:
        sections = _found(listing, listing.hits, now)
        note = f"No conversation has “{listing.query.strip()}” in it."
    return ConversationsFrame(
        sections=sections,
        current=listing.current,
        note=note if not sections else "",
        undo=listing.undo,
        work=listing.work,
    )


def interrupted_text(titles: Sequence[str]) -> str:
    """What a sudden end of the program left behind; empty for nothing."""
    if not titles:
        return ""
    named = ", ".join(f"“{title or UNTITLED}”" for title in titles[:3])
    return f"The program ended while an answer was being written; what there was of it is kept in {named}."


def deleted_text(title: str) -> str:
    """What can be undone."""
    return f"Deleted “{title or UNTITLED}”"


def _by_age(listing: Listing, now: datetime) -> tuple[ConversationSection, ...]:
    groups: dict[str, list[ConversationRow]] = {}
    for talk in listing.conversations:
        heading = "Pinned" if talk.pinned else _age(_time(talk), now)
        groups.setdefault(heading, []).append(_row(talk, listing, now))
    return tuple(ConversationSection(title, tuple(rows)) for title, rows in groups.items())


def _found(listing: Listing, hits: Iterable[Hit], now: datetime) -> tuple[ConversationSection, ...]:
    talks = {talk.id: talk for talk in listing.conversations}
    rows = tuple(
        _row(talks[hit.conversation], listing, now, () if hit.message is None else hit.snippet)
        for hit in hits
        if hit.conversation in talks
    )
    return (ConversationSection("Found", rows),) if rows else ()


def _row(
    talk: Conversation, listing: Listing, now: datetime, snippet: tuple[tuple[str, bool], ...] = ()
) -> ConversationRow:
    when = "answering…" if talk.id == listing.running else _when(_time(talk), now)
    detail = " · ".join(part for part in (when, talk.scheme) if part)
    return ConversationRow(talk.id, talk.title or UNTITLED, detail, talk.pinned, snippet)


def _time(talk: Conversation) -> datetime:
    return datetime.fromtimestamp(talk.changed_ms / 1000)


def _age(at: datetime, now: datetime) -> str:
    days = (now.date() - at.date()).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    return next((title for most, title in _AGES if days <= most), f"{at:%B %Y}")


def _when(at: datetime, now: datetime) -> str:
    """A time of day today, a day of the week in the last six days, else a date."""
    if at.date() >= now.date():
        return f"{at:%H:%M}"
    if now.date() - at.date() < timedelta(days=7):
        return f"{at:%A}"
    return f"{at.day} {at:%b}" + ("" if at.year == now.year else f" {at.year}")
