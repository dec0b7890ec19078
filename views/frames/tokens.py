"""An answer drawn token by token, and one of its tokens opened."""

from __future__ import annotations

from dataclasses import dataclass

from views.frames.choice import Choice


@dataclass(frozen=True)
class TokenFrame:
    """One token: its `text` as drawn, breaks included, and what is said of it on hover.

    `tint` is how strongly it is coloured, 0 … 1; None where nothing was measured. `muted`: no part of the
    answer proper. `marked`: where two models part ways.
    """

    text: str
    tooltip: str = ""
    tint: float | None = None
    muted: bool = False
    marked: bool = False


@dataclass(frozen=True)
class TickFrame:
    """A place on the legend: `tint` 0 … 1, and what it stands for."""

    tint: float
    label: str


@dataclass(frozen=True)
class TokensFrame:
    """A whole answer. `summary` is the small print under it; `legend` names what the tint shows.

    `references` are what the model can be compared with, none where it is not compared.
    """

    tokens: tuple[TokenFrame, ...] = ()
    summary: str = ""
    legend: str = ""
    ticks: tuple[TickFrame, ...] = ()
    references: tuple[Choice, ...] = ()
    reference: str = ""


@dataclass(frozen=True)
class AlternativeFrame:
    """A token that could have come; `share` 0 … 1 is the length of its bar."""

    token_id: int
    label: str
    share: float
    percentage: str
    chosen: bool = False


@dataclass(frozen=True)
class TokenCardFrame:
    """One opened token. `facts` are names and values; without `can_branch` alternatives are only shown."""

    title: str
    label: str
    facts: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[AlternativeFrame, ...] = ()
    can_branch: bool = False
    can_inspect: bool = False
    note: str = ""
