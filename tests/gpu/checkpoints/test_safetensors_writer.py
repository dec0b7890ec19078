from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from gpu.checkpoints.safetensors_header import read_header
from gpu.checkpoints.safetensors_writer import ALIGNMENT_BYTES, SafetensorsWriter

ARRAYS = {
    "codes": np.arange(12, dtype=np.uint32).reshape(3, 4),
    "scales": np.array([[0.5], [1.5], [-2.0]], np.float16),
    "nothing": np.zeros((0, 3), np.float32),
    "transposed": np.arange(6, dtype=np.int8).reshape(2, 3).T,
}
SPECS = {name: (values.dtype, values.shape) for name, values in ARRAYS.items()}


def write(path: Path) -> None:
    with path.open("wb") as file:
        writer = SafetensorsWriter(file, SPECS, {"key": "value"})
        for name, values in ARRAYS.items():
            writer.write(name, values)
        assert writer.missing == 0


def test_the_safetensors_package_reads_what_is_written(tmp_path: Path) -> None:
    write(tmp_path / "a.safetensors")
    read = load_file(tmp_path / "a.safetensors")
    assert set(read) == set(ARRAYS)
    for name, values in ARRAYS.items():
        np.testing.assert_array_equal(read[name], values, strict=True)


def test_data_is_aligned_and_metadata_kept(tmp_path: Path) -> None:
    write(tmp_path / "a.safetensors")
    header = read_header(tmp_path / "a.safetensors")
    assert header.data_begin % ALIGNMENT_BYTES == 0
    assert header.metadata == {"key": "value"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("scales", ARRAYS["scales"]),
        ("codes", ARRAYS["codes"].astype(np.int32)),
        ("codes", ARRAYS["codes"][:2]),
    ],
)
def test_only_the_next_announced_array_is_taken(name: str, values: np.ndarray) -> None:
    writer = SafetensorsWriter(io.BytesIO(), SPECS, {})
    with pytest.raises(ValueError, match=r"codes .* is due"):
        writer.write(name, values)
    assert writer.missing == len(ARRAYS)


def test_nothing_is_taken_after_the_last() -> None:
    writer = SafetensorsWriter(io.BytesIO(), {}, {})
    with pytest.raises(ValueError, match="nothing more"):
        writer.write("codes", ARRAYS["codes"])
