"""Before anything is allocated: does it fit, which term is in the way, and what would fit instead."""

from __future__ import annotations

from dataclasses import dataclass

from gpu.budget import Term
from gpu.calculator.estimate import Estimate, estimate
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.planning import profile_of
from gpu.calculator.solve import Solution, alternatives, suggestion
from gpu.calculator.subject import Subject
from gpu.device import Gpu
from gpu.errors import BudgetError, Way
from gpu.qwen3.allocation import Plan, planned_bytes
from gpu.units import size_text


@dataclass(frozen=True)
class Preflight:
    """`available_bytes` counts what unloading frees. `term` is the largest one, `ways` are up to three that
    would fit; both only where it does not."""

    estimate: Estimate
    available_bytes: int
    term: Term | None
    ways: tuple[Solution, ...]

    @property
    def short_bytes(self) -> int:
        """How much is missing."""
        return max(0, self.estimate.total_bytes - self.available_bytes)

    @property
    def fits(self) -> bool:
        return self.short_bytes == 0


def preflight(inputs: CalculatorInputs, available_bytes: int, freed_bytes: int = 0) -> Preflight:
    """Hold a wish against the memory that is free and what unloading the open model will free.

    Raises:
        RequestError: no bytes, or absurdly many.
    """
    found, available = estimate(inputs), available_bytes + freed_bytes
    if found.total_bytes <= available:
        return Preflight(found, available, None, ())
    largest = max(found.terms, key=lambda term: term.size_bytes)
    return Preflight(found, available, largest, alternatives(inputs, frozenset(), available))


def check_fits(gpu: Gpu, plan: Plan, available_bytes: int) -> None:
    """Raise `BudgetError`, saying what would fit instead, before anything is allocated."""
    needed = sum(planned_bytes(gpu, plan).values())
    if needed > available_bytes:
        raise shortage(inputs_of(gpu, plan), needed, available_bytes)


def shortage(inputs: CalculatorInputs, needed_bytes: int, available_bytes: int) -> BudgetError:
    """What a person is told: how much is missing, the largest term, and what would fit instead."""
    found = preflight(inputs, available_bytes)
    largest = f"{found.term.name} with {size_text(found.term.size_bytes)}" if found.term is not None else ""
    return BudgetError(
        needed_bytes,
        available_bytes,
        suggestion(inputs, available_bytes),
        largest,
        tuple(_way(way) for way in found.ways),
        inputs,
    )


def _way(way: Solution) -> Way:
    label = ", ".join(change.after for change in way.changes)
    return Way(label, str(way.inputs.scheme), way.inputs.context_tokens)


def inputs_of(gpu: Gpu, plan: Plan) -> CalculatorInputs:
    """The question whose answer is this allocation."""
    dtypes = {name: plan.dtype_of(name) for name in plan.config.tensor_shapes()}
    subject = Subject.of_config("model", plan.config, "checkpoint", dtypes)
    profile = profile_of(gpu, plan.layout)
    return CalculatorInputs(
        subject, plan.scheme, plan.context_tokens, batch=plan.requests, driver_bytes=0, device=profile
    )
