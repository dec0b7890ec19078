"""The style sheet is filled from the colours alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from views.stylesheet import stylesheet
from views.theme import DARK, LIGHT


def test_every_name_is_filled_in() -> None:
    sheet = stylesheet(LIGHT, radius=8)
    assert "$" not in sheet
    assert "border-radius: 8px" in sheet


def test_schemes_differ() -> None:
    assert stylesheet(LIGHT, 8) != stylesheet(DARK, 8)


def test_a_colour_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        stylesheet(SimpleNamespace(window="#ffffff"), 8)
