"""Formulas read as a pocket calculator reads them."""

from __future__ import annotations

from fractions import Fraction
from math import prod


def evaluate(formula: str) -> Fraction:
    """Bytes of `2 · 36 · 4/8 B + 8 B`."""
    return sum((_product(summand) for summand in formula.split(" + ")), Fraction(0))


def _product(summand: str) -> Fraction:
    assert summand.endswith(" B"), summand
    return prod(
        (Fraction(factor.replace(",", "")) for factor in summand[:-2].split(" · ")), start=Fraction(1)
    )
