"""A question to the demo, and its answer token by token."""

from __future__ import annotations

from app.engine import GpuEngine
from app.messages import Question, Traced, Turn
from app.token_trace import TokenTrace, TraceBuilder
from gpu.sampling import Sampling

QUESTION = Question((Turn("user", "What is a scale?"),), False, Sampling(temperature=0), max_new_tokens=40)


def answered(engine: GpuEngine, letters: list[object], question: Question = QUESTION) -> TokenTrace:
    """The tokens of the answer; the letters about it are thrown away."""
    engine.answer(1, question, lambda: False)
    builder = TraceBuilder("demo")
    for letter in letters:
        if isinstance(letter, Traced):
            builder.append(letter.entry)
    letters.clear()
    return builder.trace()
