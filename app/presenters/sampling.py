"""Sampling as the engine takes it and as the composer shows it."""

from __future__ import annotations

from gpu.sampling import Sampling
from views.frames import SamplingFrame


def sampling_frame(sampling: Sampling, max_tokens: int | None = None) -> SamplingFrame:
    return SamplingFrame(
        temperature=sampling.temperature,
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        min_p=sampling.min_p,
        repetition_penalty=sampling.repetition_penalty,
        presence_penalty=sampling.presence_penalty,
        seed=sampling.seed,
        max_tokens=max_tokens,
    )


def sampling_of(frame: SamplingFrame) -> Sampling:
    """Raises RequestError for a value out of range."""
    return Sampling(
        temperature=frame.temperature,
        top_k=frame.top_k,
        top_p=frame.top_p,
        min_p=frame.min_p,
        repetition_penalty=frame.repetition_penalty,
        presence_penalty=frame.presence_penalty,
        seed=frame.seed,
    )
