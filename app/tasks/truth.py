"""Predict the open model from what it was opened with, and hold that against its ledger and the driver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from app.engine_desk import Desk
from app.subjects import opened_subject
from app.truth import LoadTruth, Pair
from gpu.calculator.estimate import Estimate, estimate
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.planning import profile_of
from gpu.errors import Cancelled
from gpu.memory_use import DriverMemory, driver_memory
from gpu.model import Model
from gpu.purposes import PURPOSES


def measure_truth(desk: Desk, cancel: Callable[[], bool]) -> None:
    """Post a `LoadTruth`.

    Raises:
        RequestError: no model is open.
        Cancelled: something more urgent came first.
    """
    if cancel():
        raise Cancelled
    opened = desk.opened
    model = opened.session.model
    found = estimate(question_about(model, opened.wish.model))
    desk.post(truth_of(model, found, driver_memory(model.gpu.adapter), datetime.now(UTC)))


def question_about(model: Model, name: str) -> CalculatorInputs:
    """The question whose answer is this model's allocation."""
    return CalculatorInputs(
        subject=opened_subject(model, name),
        scheme=model.scheme,
        context_tokens=model.context_tokens,
        device=profile_of(model.gpu),
    )


def truth_of(model: Model, found: Estimate, told: DriverMemory, now: datetime) -> LoadTruth:
    allocated, predicted = model.gpu.ledger.by_purpose(), found.by_purpose()
    adapter = model.gpu.adapter
    pair = Pair(
        when=now.isoformat(timespec="seconds"),
        model=found.inputs.subject.name,
        scheme=str(model.scheme),
        context_tokens=model.context_tokens,
        adapter=adapter.name,
        driver=adapter.driver,
        predicted_bytes=found.engine_bytes,
        allocated_bytes=sum(allocated.values()),
        reported_bytes=told.own_bytes,
        source=told.source,
    )
    return LoadTruth(
        pair=pair,
        predicted=tuple((purpose, predicted.get(purpose, 0)) for purpose in PURPOSES),
        allocated=tuple((purpose, allocated.get(purpose, 0)) for purpose in PURPOSES),
        inputs=found.inputs,
        card_used_bytes=told.used_bytes,
    )
