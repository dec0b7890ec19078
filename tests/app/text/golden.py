"""The checkpoints whose golden data is at hand, and that data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[3]
GOLDEN = REPOSITORY / "tests" / "golden" / "text"
SMALL = GOLDEN / "small"
QWEN3 = REPOSITORY.parent / "shared" / "qwen3-tokenizer"  # too large for the repository: tested where it is
DIRECTORIES = {"small": SMALL} | ({"qwen3": QWEN3} if QWEN3.is_dir() else {})


def cases(section: str, label: str) -> list[Any]:
    """Pytest parameters (name, case) of one section of every golden file at hand; `label` names a case."""
    return [
        pytest.param(name, case, id=f"{name}-{case.get(label, '')}-{index}")
        for name in DIRECTORIES
        for index, case in enumerate(json.loads((GOLDEN / f"{name}.json").read_text())[section])
    ]
