"""What a measurement of the adapter says on its way and at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.calculator.speeds import OwnSpeed
from gpu.roofline import Rates

if TYPE_CHECKING:  # keeps wgpu out of the window's first second
    from gpu.device import AdapterInfo


@dataclass(frozen=True)
class AdapterProgress:
    done: int
    total: int


@dataclass(frozen=True)
class AdapterSpeed:
    """Rates of the adapter, and what the open model reached on it."""

    adapter: AdapterInfo
    rates: Rates
    own: OwnSpeed


@dataclass(frozen=True)
class NoAdapterSpeed:
    """Why there is none; empty where the person cancelled."""

    sentence: str
