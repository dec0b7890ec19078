"""Models and rooms that several tests of the calculator ask about."""

from __future__ import annotations

from app.calculator.rooms import Room
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.subject import Subject
from gpu.qwen3.released import released_config
from gpu.roofline import Rates
from gpu.scheme import Scheme

GIB = 2**30
SMALL = Subject.of_config("qwen3-0.6b", released_config("qwen3-0.6b"), "released shape")


def asked(scheme: str = "W4A8", context_tokens: int = 8192, batch: int = 1) -> CalculatorInputs:
    return CalculatorInputs(SMALL, Scheme.parse(scheme), context_tokens, batch)


def room(memory_bytes: int = 4 * GIB, name: str = "RTX 3060") -> Room:
    return Room(name, name, memory_bytes, "a data sheet", Rates(360e9, 100e12, source="a data sheet"))
