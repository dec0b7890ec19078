"""What was measured of the open model's own speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.inputs import CalculatorInputs


@dataclass(frozen=True)
class OwnSpeed:
    """Of one model under one scheme on this machine's adapter, with `context_tokens` in its cache."""

    model: str
    scheme: str
    context_tokens: int
    decode_ms: float
    prefill_ms_per_token: float

    def is_of(self, inputs: CalculatorInputs) -> bool:
        """Whether it was measured of what is asked about."""
        return (self.model, self.scheme) == (inputs.subject.name, str(inputs.scheme)) and inputs.batch == 1
