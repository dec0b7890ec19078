from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from gpu.checkpoints import open_checkpoint
from gpu.checkpoints.fingerprint import STRIDE_BYTES, WHOLE_BYTES, WINDOW_BYTES, windows
from tests.gpu.checkpoints import tiny


def test_copies_have_the_same_key(tmp_path: Path) -> None:
    original = tiny.write(tmp_path / "a")
    copy = shutil.copytree(original, tmp_path / "b")
    key = open_checkpoint(original).fingerprint
    assert key == open_checkpoint(copy).fingerprint
    assert len(key) == 32


@pytest.mark.parametrize("name", tiny.SHAPES)
def test_one_changed_weight_changes_the_key(name: str, tmp_path: Path) -> None:
    arrays = tiny.tensors()
    before = open_checkpoint(tiny.write(tmp_path / "a", arrays)).fingerprint
    arrays[name].flat[-1] += 1
    assert open_checkpoint(tiny.write(tmp_path / "b", arrays)).fingerprint != before


def test_config_and_shards_count(tmp_path: Path) -> None:
    keys = {
        open_checkpoint(tiny.write(tmp_path / "a")).fingerprint,
        open_checkpoint(tiny.write(tmp_path / "b", rope_theta=5e6)).fingerprint,
        open_checkpoint(tiny.write(tmp_path / "c", tiny.tensors(np.float16))).fingerprint,
        open_checkpoint(tiny.write_shards(tmp_path / "d", tiny.tensors(), 2)).fingerprint,
    }
    assert len(keys) == 4


def test_small_tensors_are_read_whole() -> None:
    assert list(windows(100, 100 + WHOLE_BYTES)) == [(100, WHOLE_BYTES)]
    assert list(windows(100, 100)) == [(100, 0)]


def test_large_tensors_are_sampled_evenly_to_the_end() -> None:
    begin, end = 1000, 1000 + 10 * STRIDE_BYTES + 77
    sampled = list(windows(begin, end))
    assert sampled[0] == (begin, WINDOW_BYTES)
    assert sampled[-1] == (end - WINDOW_BYTES, WINDOW_BYTES)
    gaps = np.diff([offset for offset, _ in sampled])
    assert (gaps > 0).all()
    assert gaps.max() == STRIDE_BYTES
