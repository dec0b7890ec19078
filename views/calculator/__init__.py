"""The VRAM calculator's widgets."""

from views.calculator.panel import CalculatorPanel

__all__ = ["CalculatorPanel"]
