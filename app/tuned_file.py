"""Which variants of the kernels were fastest, kept by adapter, driver, program version and model shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import platformdirs

from app.atomic import replacing
from gpu.checkpoints.json_file import read_object
from gpu.device import AdapterInfo, Gpu
from gpu.errors import ConfigError, FormatError
from gpu.tuning import Cancel, Progress, Timer, Workload, seconds, tune
from gpu.variants import Variants

_FILE = "kernels.json"


class TunedFile:
    """One JSON file, by default where the system keeps what can be made again."""

    def __init__(self, path: Path | None = None, timer: Timer = seconds) -> None:
        self.path = path or Path(platformdirs.user_cache_dir("quantscope", appauthor=False)) / _FILE
        self._timer = timer

    def choose(
        self, gpu: Gpu, workload: Workload, progress: Progress, cancel: Cancel, notice: Callable[[str], None]
    ) -> Variants:
        """What was measured before of such a model on this adapter, or what is measured now and kept.

        A broken file, and one that cannot be written, is a `notice`.

        Raises:
            Cancelled: `cancel` said so between two measurements.
        """
        key, entries = _key(gpu.adapter, workload), self._entries(notice)
        if key in entries:
            try:
                return Variants.of(entries[key] if isinstance(entries[key], dict) else {})
            except ConfigError:
                notice(f"{self.path} names kernels that do not exist; they are measured again.")
        found = tune(gpu, workload, progress, cancel, self._timer)
        self._keep({**entries, key: found.fields}, notice)
        return found

    def _entries(self, notice: Callable[[str], None]) -> Mapping[str, Any]:
        if not self.path.exists():
            return {}
        try:
            return read_object(self.path)
        except FormatError:
            notice(f"{self.path} is broken; the kernels are measured again.")
            return {}

    def _keep(self, entries: Mapping[str, Any], notice: Callable[[str], None]) -> None:
        try:
            with replacing(self.path, parents=True) as temporary:
                temporary.write_text(json.dumps(entries, indent=2), encoding="utf-8")
        except FormatError as error:
            notice(f"{error} The kernels are measured again next time.")


def _key(adapter: AdapterInfo, workload: Workload) -> str:
    c = workload.config
    shape = (
        f"{c.hidden_size}·{c.intermediate_size}·{c.num_attention_heads}/{c.num_key_value_heads}·{c.head_dim}"
    )
    return " · ".join((adapter.name, adapter.driver, _version(), str(workload.scheme), shape))


def _version() -> str:
    try:
        return version("quantscope")
    except PackageNotFoundError:
        return "unknown"
