"""Rates that were measured on this machine's adapters, kept between runs by adapter and driver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from app.atomic import replacing
from gpu.checkpoints.json_file import read_object
from gpu.errors import ConfigError, FormatError
from gpu.qwen3.config_fields import Fields
from gpu.roofline import Rates

if TYPE_CHECKING:  # keeps wgpu out of the window's first second
    from gpu.device import AdapterInfo

_FILE = "rates.json"
_BANDWIDTH, _OPERATIONS = "bandwidth_bytes_per_s", "integer_operations_per_s"


class MeasuredRatesFile:
    """One JSON file, by default where the system keeps what can be made again."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(platformdirs.user_cache_dir("quantscope", appauthor=False)) / _FILE

    def load(self, adapter: AdapterInfo) -> Rates | None:
        """What was measured of this adapter under this driver; None if nothing was, or the file is broken:
        then it is measured again."""
        try:
            entry = self._read().get(_key(adapter))
            if not isinstance(entry, dict):
                return None
            fields = Fields(entry, self.path)
            bandwidth, operations = fields.number(_BANDWIDTH), fields.number(_OPERATIONS)
        except (FormatError, ConfigError):
            return None
        return Rates(bandwidth, operations, source=f"measured on {adapter.name}", is_measured=True)

    def save(self, adapter: AdapterInfo, rates: Rates) -> None:
        """Raises FormatError if nothing can be written there."""
        entry = {_BANDWIDTH: rates.bandwidth_bytes_per_s, _OPERATIONS: rates.integer_operations_per_s}
        try:
            entries = self._read()
        except FormatError:
            entries = {}
        with replacing(self.path, parents=True) as temporary:
            temporary.write_text(json.dumps({**entries, _key(adapter): entry}, indent=2), encoding="utf-8")

    def _read(self) -> Mapping[str, Any]:
        return read_object(self.path) if self.path.exists() else {}


def _key(adapter: AdapterInfo) -> str:
    return f"{adapter.name} · {adapter.driver}"
