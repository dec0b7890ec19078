"""What the window and the engine thread say to each other: frozen dataclasses, owned by neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from app.token_trace import TraceEntry
from gpu.errors import Way
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling

if TYPE_CHECKING:  # keeps wgpu out of the window's first second
    from gpu.device import AdapterInfo

FailureKind = Literal["load", "cancelled", "closed", "other"]


@dataclass(frozen=True)
class ModelWish:
    """A model to open, by the name app.library knows, and how; None leaves a choice to the engine.

    A model that takes fewer tokens than `context_tokens` is opened with as many as it takes. With `tunes` it
    runs the kernels that are fastest on this adapter, timed at its first use.
    """

    model: str
    scheme: str = "W4A8"
    adapter: str | None = None
    context_tokens: int | None = None
    tunes: bool = False


@dataclass(frozen=True)
class Adapters:
    """What a model could run on, the engine's own choice first."""

    found: tuple[AdapterInfo, ...]


@dataclass(frozen=True)
class ModelFacts:
    """The model that is open. `sites` are its probes; `sampling` is what its makers recommend."""

    wish: ModelWish
    scheme: str
    context_tokens: int
    adapter: AdapterInfo
    sites: tuple[str, ...]
    sampling: Sampling = field(default_factory=Sampling)
    has_chat_template: bool = True
    supports_thinking: bool = False
    longest_context_tokens: int = 0


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation as the model is given it. A system turn can only be the first."""

    role: Literal["system", "user", "assistant"]
    text: str
    reasoning: str = ""


@dataclass(frozen=True)
class Question:
    """A conversation to continue. `probe` None leaves the probes off.

    A last turn of the assistant's is unfinished: the answer goes on where its text ends. `answer_ids` are
    tokens of the answer that are written already: it goes on after them, and their text comes first.
    With `looks_up` tokens are guessed from the text before them. `when_full` says what becomes of a
    conversation longer than the context: refused, or its oldest turns are left out.
    """

    turns: tuple[Turn, ...]
    thinking: bool | None = None
    sampling: Sampling = field(default_factory=Sampling)
    max_new_tokens: int | None = None
    probe: ProbeSelection | None = None
    answer_ids: tuple[int, ...] = ()
    looks_up: bool = False
    when_full: Literal["stop", "forget"] = "stop"


@dataclass(frozen=True)
class Wrote:
    """Text that became certain."""

    run_id: int
    reasoning: str
    answer: str


@dataclass(frozen=True)
class Forgot:
    """The oldest `turns` of the conversation did not go into the prompt: the context cannot hold them."""

    run_id: int
    turns: int


@dataclass(frozen=True)
class Traced:
    """A further token of the answer, to be remembered with it."""

    run_id: int
    entry: TraceEntry


@dataclass(frozen=True, eq=False)
class Followed:
    """Tokens at the site that is followed: what they read as, and their values f32 [tokens, channels], from
    position `first` of the context on."""

    run_id: int
    site: str
    first: int
    pieces: tuple[bytes, ...]
    values: npt.NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Loading:
    """How far a model is on its way in; `total_bytes` 0 while the end is unknown."""

    stage: str
    done_bytes: int = 0
    total_bytes: int = 0


@dataclass(frozen=True)
class TaskProgress:
    """How far a task is; `total` 0 while the end is unknown. Units are the task's own."""

    task: str
    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class MemoryUse:
    """Bytes by purpose of the ledger, and the adapter they lie on."""

    by_purpose: tuple[tuple[str, int], ...]
    adapter: AdapterInfo


@dataclass(frozen=True)
class Notice:
    """Something the person should know that stopped nothing."""

    sentence: str


@dataclass(frozen=True)
class Failure:
    """A job that did not work out; `sentence` is for the person.

    "load": the model of `wish` was not opened; `ways` are what would fit where it did not. "closed": the
    model that was open no longer is.
    """

    kind: FailureKind
    sentence: str
    wish: ModelWish | None = None
    ways: tuple[Way, ...] = ()
