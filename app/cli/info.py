"""`quantscope info`: the adapters and what they can do, and the versions of what drives them."""

from __future__ import annotations

import platform
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from app.cli.output import print_fields, print_json
from gpu.device import NO_ADAPTER, AdapterInfo, Gpu, list_adapters, open_gpu
from gpu.errors import AdapterError
from gpu.units import size_text

PACKAGES = (
    "quantscope",
    "wgpu",
    "numpy",
    "PySide6-Essentials",
    "pyqtgraph",
    "tokenizers",
    "safetensors",
    "jinja2",
)
SHOWN_LIMITS = (
    "max-storage-buffer-binding-size",
    "max-buffer-size",
    "max-texture-dimension-2d",
)  # those that decide how a model is cut up; --json has all


def add_arguments(_parser: ArgumentParser) -> None:
    """Nothing of its own; `--adapter` leaves out the others."""


def run(args: Namespace) -> int:
    adapters = _adapters(args.adapter)
    if args.json:
        print_json({**_system(), "packages": _versions(), "adapters": adapters})
    else:
        print_fields({**_system(), **_versions()})
        for adapter in adapters:
            _print(adapter)
    if not adapters:
        raise AdapterError(NO_ADAPTER)
    return 0


def _system() -> dict[str, str]:
    return {"platform": platform.platform(), "python": platform.python_version()}


def _versions() -> dict[str, str]:
    return {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _adapters(wanted: str | None) -> list[dict[str, Any]]:
    """Every adapter, or only the one wanted. Raises AdapterError if that is none of them."""
    if wanted is not None:
        gpu = open_gpu(wanted)
        try:
            return [_described(list_adapters().index(gpu.adapter), gpu.adapter, gpu)]
        finally:
            gpu.close()
    return [_opened(index, adapter) for index, adapter in enumerate(list_adapters())]


def _opened(index: int, adapter: AdapterInfo) -> dict[str, Any]:
    """An adapter with what its device offers; one that refuses a device is listed with its refusal."""
    try:
        gpu = open_gpu(str(index))
    except AdapterError as error:
        return {"index": index, **asdict(adapter), "problem": str(error)}
    try:
        return _described(index, adapter, gpu)
    finally:
        gpu.close()


def _described(index: int, adapter: AdapterInfo, gpu: Gpu) -> dict[str, Any]:
    return {
        "index": index,
        **asdict(adapter),
        "features": sorted(gpu.features),
        "limits": dict(sorted(gpu.limits.items())),
    }


def _print(adapter: dict[str, Any]) -> None:
    total = adapter["total_bytes"]
    memory = adapter["total_source"] if total is None else f"{size_text(total)}, {adapter['total_source']}"
    limits = adapter.get("limits", {})
    print(f"\nadapter {adapter['index']}: {adapter['name']}")
    print_fields(
        {
            "  kind": f"{adapter['kind']}, {adapter['backend']}, {adapter['vendor']}",
            "  driver": adapter["driver"],
            "  memory": memory,
            "  features": adapter.get("problem") or ", ".join(adapter["features"]),
            **{f"  {name}": f"{limits[name]:,}" for name in SHOWN_LIMITS if name in limits},
        }
    )
