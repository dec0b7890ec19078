"""A capture as one file: safetensors, with what it is of in its metadata. It opens without the model."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.safetensors_file import SafetensorsFile
from gpu.checkpoints.safetensors_writer import SafetensorsWriter
from gpu.errors import FormatError
from gpu.probes.attention_share import AttentionMass
from gpu.probes.captured import Capture, Origin, Prompt
from gpu.probes.statistics import SiteStatistics

VERSION = 1
_KIND = "quantscope capture"
_ARRAYS = ("absmax", "mean_abs", "rms", "kurtosis", "low", "high", "peak")
Array = npt.NDArray[Any]


def save_capture(capture: Capture, path: Path) -> None:
    """Write a capture; the caller sees to it that a broken file replaces no good one.

    Raises:
        OSError: the file cannot be written.
    """
    arrays = _arrays(capture)
    metadata = {"kind": _KIND, "version": str(VERSION), "about": json.dumps(_about(capture))}
    with path.open("wb") as file:
        writer = SafetensorsWriter(file, {n: (a.dtype, a.shape) for n, a in arrays.items()}, metadata)
        for name, array in arrays.items():
            writer.write(name, array)


def load_capture(path: Path) -> Capture:
    """Read a capture.

    Raises:
        FormatError: no capture, one of another version, or one that is damaged or cut short.
    """
    file = SafetensorsFile.open(path)
    if file.metadata.get("kind") != _KIND:
        raise FormatError(path, "this is a safetensors file, but no capture.")
    version = file.metadata.get("version", "")
    if version != str(VERSION):
        raise FormatError(
            path, f"the capture has version {version[:20]!r} and this program reads version {VERSION}."
        )
    try:
        return _read(file, json.loads(file.metadata["about"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(path, f"the capture is damaged ({type(error).__name__}: {error}).") from error


def _about(capture: Capture) -> dict[str, Any]:
    attention = capture.attention
    return {
        "model": capture.origin.model,
        "fingerprint": capture.origin.fingerprint,
        "scheme": capture.origin.scheme,
        "program": capture.origin.program,
        "thresholds": capture.thresholds,
        "prompts": [[prompt.name, len(prompt.token_ids)] for prompt in capture.prompts],
        "before": [len(prompt.before) for prompt in capture.prompts],
        "sites": {site: statistics.tokens for site, statistics in capture.sites.items()},
        "values": list(capture.values),
        "by_prompt": list(capture.by_prompt),
        "attention": None if attention is None else [attention.first, attention.queries],
        "pieces": capture.pieces,
    }


def _arrays(capture: Capture) -> dict[str, Array]:
    before = [token for prompt in capture.prompts for token in prompt.before]
    arrays: dict[str, Array] = {"token_ids": np.array(capture.token_ids, np.int32)}
    if before:
        arrays["before_ids"] = np.array(before, np.int32)
    for site, statistics in capture.sites.items():
        arrays |= {f"{site}/{name}": getattr(statistics, name) for name in _ARRAYS}
    arrays |= {f"{site}/values": values for site, values in capture.values.items()}
    arrays |= {f"{site}/by_prompt": values for site, values in capture.by_prompt.items()}
    if capture.attention is not None:
        arrays |= {"attention/received": capture.attention.received, "attention/top": capture.attention.top}
    return arrays


def _read(file: SafetensorsFile, about: dict[str, Any]) -> Capture:
    def array(name: str) -> Array:
        return np.array(file.array(name))  # a copy: the file may go away

    counts = about.get("before", [0] * len(about["prompts"]))  # earlier versions captured whole texts only
    before = _cut(array("before_ids").tolist() if any(counts) else [], counts)
    ids = _cut(array("token_ids").tolist(), [tokens for _, tokens in about["prompts"]])
    low, high = about["thresholds"]
    attention = about["attention"]
    return Capture(
        Origin(*(str(about[name]) for name in ("model", "fingerprint", "scheme", "program"))),
        (float(low), float(high)),
        tuple(
            Prompt(str(name), *parts) for (name, _), *parts in zip(about["prompts"], ids, before, strict=True)
        ),
        {
            site: SiteStatistics(site, int(tokens), *(array(f"{site}/{name}") for name in _ARRAYS))
            for site, tokens in about["sites"].items()
        },
        {site: array(f"{site}/values") for site in about["values"]},
        {site: array(f"{site}/by_prompt") for site in about["by_prompt"]},
        None if attention is None else _attention(attention, array),
        tuple(map(str, about["pieces"])),
    )


def _attention(described: list[int], array: Callable[[str], Array]) -> AttentionMass:
    first, queries = described
    return AttentionMass(int(first), int(queries), array("attention/received"), array("attention/top"))


def _cut(ids: list[int], counts: list[int]) -> list[tuple[int, ...]]:
    """Parts of so many tokens each, which are all there are."""
    if sum(counts) != len(ids):
        raise ValueError(f"{len(ids)} tokens for prompts of {sum(counts)}")
    rest = iter(ids)
    return [tuple(itertools.islice(rest, count)) for count in counts]
