from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from gpu.errors import FormatError
from gpu.probes.attention_share import AttentionMass
from gpu.probes.capture_file import load_capture, save_capture
from gpu.probes.captured import Capture, Origin, Prompt
from gpu.probes.statistics import SiteStatistics
from tests.gpu.checkpoints.tiny import safetensors
from tests.gpu.sentences import is_one_sentence

SITES = {"layers.0": 5, "layers.0.mlp.down_proj": 3}


def statistics(site: str, channels: int) -> SiteStatistics:
    rng = np.random.default_rng(channels)
    floats = [rng.standard_normal(channels).astype(np.float32) for _ in range(4)]
    counts = [rng.integers(0, 9, channels).astype(np.uint32) for _ in range(3)]
    return SiteStatistics(site, 9, *floats, *counts)


def example(**changes: object) -> Capture:
    sites = {site: statistics(site, channels) for site, channels in SITES.items()}
    sites["layers.0"].absmax[2] = np.inf
    whole = Capture(
        Origin("demo", "f" * 32, "W4A8", "0.1"),
        (6.0, 50.5),
        (Prompt("one", (1, 2, 3)), Prompt("zwei ·", (4, 5, 6, 7, 8, 9))),
        sites,
        {"layers.0": np.ones((9, 5), np.float32)},
        {site: np.zeros((2, channels), np.float32) for site, channels in SITES.items()},
        AttentionMass(4, 5, np.full((2, 3, 9), 0.1, np.float32), np.full((2, 3), 0.5, np.float32)),
        tuple("abcdefgh→"),
    )
    return dataclasses.replace(whole, **changes)


def assert_equal(found: object, expected: object) -> None:
    if dataclasses.is_dataclass(expected):
        for field in dataclasses.fields(expected):
            assert_equal(getattr(found, field.name), getattr(expected, field.name))
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for key, value in expected.items():
            assert_equal(found[key], value)
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    else:
        assert found == expected


PARTS = (Prompt("thinking", (1, 2, 3), (7, 8)), Prompt("answer", (4, 5, 6, 7, 8, 9), (7, 8, 1, 2, 3)))


@pytest.mark.parametrize(
    "changes", [{}, {"attention": None, "values": {}, "by_prompt": {}, "pieces": ()}, {"prompts": PARTS}]
)
def test_a_capture_comes_back_whole(tmp_path: Path, changes: dict[str, object]) -> None:
    path = tmp_path / "c.safetensors"
    save_capture(example(**changes), path)
    assert_equal(load_capture(path), example(**changes))


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as failure:
        load_capture(path)
    assert is_one_sentence(str(failure.value))
    assert failure.value.path == path
    return str(failure.value)


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    save_capture(example(), path)
    whole = path.read_bytes()
    for length in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        refusal(path)


def rewritten(path: Path, **changes: object) -> Path:
    """The example's file with other metadata, or with fields of what it says about itself replaced."""
    save_capture(example(), path)
    whole = path.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    metadata = header["__metadata__"]
    about = json.loads(metadata["about"])
    for name, value in changes.items():
        if name in metadata:
            metadata[name] = value
        elif value is None:
            del about[name]
        else:
            about[name] = value
    if "about" not in changes:
        metadata["about"] = json.dumps(about)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + whole[8 + length :])
    return path


def test_another_version_is_named(tmp_path: Path) -> None:
    said = refusal(rewritten(tmp_path / "c.safetensors", version="2"))
    assert "version '2'" in said
    assert "reads version 1" in said


@pytest.mark.parametrize(
    "changes",
    [
        {"about": "{"},
        {"about": "[]"},
        {"about": "{}"},
        {"sites": {"layers.7": 3}},
        {"sites": 4},
        {"prompts": [["a", 4]]},
        {"before": [2, 0]},
        {"thresholds": [1]},
        {"attention": [1]},
    ],
)
def test_damage_is_said_in_a_sentence(tmp_path: Path, changes: dict[str, object]) -> None:
    assert "damaged" in refusal(rewritten(tmp_path / "c.safetensors", **changes))


def test_a_file_of_a_program_that_knew_no_parts_is_read(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "c.safetensors", before=None)
    assert [prompt.before for prompt in load_capture(path).prompts] == [(), ()]


def test_other_files_are_no_captures(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(safetensors({"a": np.ones(3, np.float32)}))
    assert "no capture" in refusal(weights)
    assert "cannot be read" in refusal(tmp_path / "nothing")
