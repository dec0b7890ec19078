"""What a capture holds; free of the device, so that one opens without a model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gpu.probes.attention_share import AttentionMass
from gpu.probes.statistics import SiteStatistics

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Prompt:
    """A text of its own, or a part of one: the model reads `before` from an empty cache and then `token_ids`,
    of which alone anything is kept."""

    name: str
    token_ids: tuple[int, ...]
    before: tuple[int, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a capture comes from: a model's name and content, a scheme, and the program that took it."""

    model: str
    fingerprint: str
    scheme: str
    program: str


@dataclass(frozen=True, eq=False)
class Capture:
    """Statistics of all sites over all tokens of some prompts; never written again.

    `values` f32 [tokens, channels] holds every token's values of the sites that were asked for; `pieces` are
    the tokens' texts, empty where there was no tokenizer; `by_prompt` f32 [prompts, channels] the largest
    magnitudes of every prompt where there are several.
    """

    origin: Origin
    thresholds: tuple[float, float]
    prompts: tuple[Prompt, ...]
    sites: dict[str, SiteStatistics] = field(repr=False)
    values: dict[str, F32] = field(default_factory=dict, repr=False)
    by_prompt: dict[str, F32] = field(default_factory=dict, repr=False)
    attention: AttentionMass | None = field(default=None, repr=False)
    pieces: tuple[str, ...] = field(default=(), repr=False)

    @property
    def tokens(self) -> int:
        return sum(len(prompt.token_ids) for prompt in self.prompts)

    @property
    def token_ids(self) -> tuple[int, ...]:
        return tuple(token for prompt in self.prompts for token in prompt.token_ids)
