from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.measured_rates import MeasuredRatesFile
from gpu.device import AdapterInfo
from gpu.errors import FormatError
from gpu.roofline import Rates

CARD = AdapterInfo("A card", "", "Vulkan", "discrete", "driver 1", None, "")
RATES = Rates(5e11, 2e13, source="measured on A card", is_measured=True)


def test_rates_are_kept_by_adapter_and_driver(tmp_path: Path) -> None:
    file = MeasuredRatesFile(tmp_path / "new" / "rates.json")
    assert file.load(CARD) is None
    file.save(CARD, RATES)
    file.save(replace(CARD, name="Another"), replace(RATES, bandwidth_bytes_per_s=1.0))
    assert file.load(CARD) == RATES
    assert file.load(replace(CARD, driver="driver 2")) is None


@pytest.mark.parametrize(
    "text", ["{", "[]", json.dumps({"A card · driver 1": 3}), json.dumps({"A card · driver 1": {}})]
)
def test_a_broken_file_is_measured_again(tmp_path: Path, text: str) -> None:
    file = MeasuredRatesFile(tmp_path / "rates.json")
    file.path.write_text(text)
    assert file.load(CARD) is None
    file.save(CARD, RATES)
    assert file.load(CARD) == RATES


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="cannot be written"):
        MeasuredRatesFile(tmp_path / "file" / "rates.json").save(CARD, RATES)
