"""The list of conversations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConversationRow:
    """One conversation. `detail` is small print; `snippet` are pieces of a text that was found, the words
    that were looked for marked True, and takes the place of `detail`.
    """

    key: int
    title: str
    detail: str = ""
    pinned: bool = False
    snippet: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class ConversationSection:
    """Rows under a heading."""

    title: str
    rows: tuple[ConversationRow, ...]


@dataclass(frozen=True)
class WorkFrame:
    """Something that takes a while, and the share of it that is done, from 0 to 1."""

    text: str
    share: float = 0.0


@dataclass(frozen=True)
class ConversationsFrame:
    """`current` is the conversation on show, 0 if it is not in the list. `note` is said where there are no
    rows; `undo` is what can be undone, such as "“Outliers” deleted". `work` is an import or export under way.
    """

    sections: tuple[ConversationSection, ...] = ()
    current: int = 0
    note: str = ""
    undo: str = ""
    work: WorkFrame | None = None
