"""Pytest parameters from the golden files that are at hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.golden.text import DIRECTORIES, GOLDEN


def cases(section: str, label: str) -> list[Any]:
    """Pytest parameters (name, case) of one section of every golden file at hand; `label` names a case."""
    return [
        pytest.param(name, case, id=f"{name}-{case.get(label, '')}-{index}")
        for name in DIRECTORIES
        for index, case in enumerate(json.loads((GOLDEN / f"{name}.json").read_text())[section])
    ]
