"""Sampling to choose from: what the checkpoint says, and what the makers of Qwen3 advise."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.messages import ModelFacts
from gpu.sampling import Sampling

AUTOMATIC = "auto"
CUSTOM = "custom"
# Of the model cards of Qwen3: generation_config.json states the values for thinking only.
DIRECT = Sampling(temperature=0.7, top_p=0.8, top_k=20, min_p=0.0)


@dataclass(frozen=True)
class Preset:
    """`sampling` None follows the model and the thinking switch."""

    key: str
    label: str
    tooltip: str
    sampling: Sampling | None


def presets_for(facts: ModelFacts | None) -> tuple[Preset, ...]:
    """What can be chosen for a model, the automatic one first."""
    found = [Preset(AUTOMATIC, "As the model recommends", _automatic_tip(facts), None)]
    if facts is not None and facts.supports_thinking:
        found.append(Preset("thinking", "Qwen3, thinking", _tip(facts.sampling), facts.sampling))
        found.append(Preset("direct", "Qwen3, without thinking", _tip(DIRECT), DIRECT))
    greedy = replace(Sampling(), temperature=0.0)
    found.append(Preset("greedy", "Always the likeliest", "The same answer every time", greedy))
    return tuple(found)


def recommended(facts: ModelFacts | None, thinking: bool) -> Sampling:
    """What is used where the person chose nothing: the checkpoint's own values.

    A model with a thinking switch states them for thinking; without it Qwen3's makers advise other ones.
    """
    if facts is None:
        return Sampling()
    if facts.supports_thinking and not thinking:
        return DIRECT
    return facts.sampling


def preset_of(facts: ModelFacts | None, sampling: Sampling | None) -> str:
    """The key of the preset these values are, whatever the seed."""
    if sampling is None:
        return AUTOMATIC
    plain = replace(sampling, seed=None)
    return next((one.key for one in presets_for(facts) if one.sampling == plain), CUSTOM)


def _automatic_tip(facts: ModelFacts | None) -> str:
    if facts is not None and facts.supports_thinking:
        return "The checkpoint's values, and Qwen3's for direct answers while thinking is off"
    return "The values the checkpoint was published with"


def _tip(sampling: Sampling) -> str:
    return f"Temperature {sampling.temperature:g}, top-p {sampling.top_p:g}, top-k {sampling.top_k}"
