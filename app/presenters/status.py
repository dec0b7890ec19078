"""The gauges under the chat."""

from __future__ import annotations

from dataclasses import dataclass

from app.messages import MemoryUse, ModelFacts
from app.presenters.setup import title
from gpu.events import PromptProgress, Timing
from views.frames import StatusFrame


@dataclass(frozen=True)
class Progress:
    """How the running answer is doing. `first_seen` is the message that the model's context begins with."""

    prompt: PromptProgress | None = None
    timing: Timing | None = None
    first_token_ms: float | None = None
    context_used: int = 0
    prompt_left_s: float | None = None
    forgotten_turns: int = 0
    first_seen: int | None = None


def status_frame(
    facts: ModelFacts | None, state: str, progress: Progress, memory: MemoryUse | None = None
) -> StatusFrame:
    """Figures of the newest run; a speed is not known before it was measured."""
    if facts is None:
        return StatusFrame(state=state)
    timing, prompt = progress.timing, progress.prompt
    return StatusFrame(
        model_name=title(facts.wish.model),
        scheme=facts.scheme,
        state=state,
        prompt_done_tokens=prompt.done_tokens if prompt is not None else 0,
        prompt_total_tokens=prompt.total_tokens if prompt is not None else 0,
        prefill_tokens_per_s=(timing.prefill_tokens_per_s or None) if timing is not None else None,
        decode_tokens_per_s=(timing.decode_tokens_per_s or None) if timing is not None else None,
        first_token_ms=progress.first_token_ms,
        context_used_tokens=progress.context_used,
        context_total_tokens=facts.context_tokens,
        prompt_left_s=progress.prompt_left_s,
        context_note=forgotten_note(progress.forgotten_turns),
        memory_bytes=sum(held for _, held in memory.by_purpose) if memory is not None else None,
        memory_total_bytes=memory.adapter.total_bytes if memory is not None else None,
    )


def forgotten_note(turns: int) -> str:
    """What did not go into the prompt."""
    if not turns:
        return ""
    return "1 turn forgotten" if turns == 1 else f"the oldest {turns:,} turns forgotten"
