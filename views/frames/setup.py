"""Opening a model: first screen, tool bar, progress, and the banner that says what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from views.frames.choice import Choice

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class LoadFrame:
    """A model on its way in. `total_bytes` 0 means the end is not known yet."""

    model_name: str
    stage: str
    done_bytes: int = 0
    total_bytes: int = 0
    cancellable: bool = True


@dataclass(frozen=True)
class WelcomeFrame:
    """The first screen: what can be opened, and on which adapter it would run."""

    recent: tuple[Choice, ...] = ()
    adapter: str = ""
    demo_available: bool = True


@dataclass(frozen=True)
class SetupFrame:
    """How the model runs and on which adapter, and the models opened before (by path).

    `tunes` and `looks_up` are whether kernels are timed, and whether tokens are guessed from the text before.
    """

    schemes: tuple[Choice, ...] = ()
    scheme: str = ""
    contexts: tuple[Choice, ...] = ()
    context: str = ""
    adapters: tuple[Choice, ...] = ()
    adapter: str = ""
    recent: tuple[Choice, ...] = ()
    model_name: str = ""
    tunes: bool = True
    looks_up: bool = False
    enabled: bool = True


@dataclass(frozen=True)
class BannerFrame:
    """One sentence above the chat, and what can be done about it: the keys come back in the signal."""

    severity: Severity
    sentence: str
    action_label: str = ""
    action_key: str = ""
    more: tuple[Choice, ...] = ()
