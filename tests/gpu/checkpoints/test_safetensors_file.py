from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from gpu.checkpoints.safetensors_file import SafetensorsFile, SafetensorsTensor, row_range
from gpu.errors import FormatError
from tests.gpu.checkpoints.tiny import container, safetensors


def test_files_of_the_safetensors_package_are_read(tmp_path: Path) -> None:
    arrays = {
        "half": np.linspace(-3, 3, 15, dtype=np.float16).reshape(5, 3),
        "single": np.linspace(-3, 3, 8, dtype=np.float32).reshape(2, 2, 2),
        "codes": np.arange(7, dtype=np.uint32),
        "scalar": np.array(5, dtype=np.int64),
        "nothing": np.zeros((0, 4), dtype=np.float32),
    }
    save_file(arrays, tmp_path / "a.safetensors", metadata={"key": "value"})
    file = SafetensorsFile.open(tmp_path / "a.safetensors")
    assert file.metadata == {"key": "value"}
    assert set(file.entries) == set(arrays)
    for name, values in arrays.items():
        np.testing.assert_array_equal(file.array(name), values, strict=True)


def test_unaligned_tensors_are_read(tmp_path: Path) -> None:
    header = {
        "byte": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
        "word": {"dtype": "F32", "shape": [2], "data_offsets": [1, 9]},
    }
    data = b"\x07" + np.array([1.5, -2.0], np.float32).tobytes()
    (tmp_path / "a.safetensors").write_bytes(container(header, data))
    np.testing.assert_array_equal(SafetensorsFile.open(tmp_path / "a.safetensors").array("word"), [1.5, -2.0])


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        (np.array([[0x3FC0, 0xC000]], np.uint16), "bf16"),
        (np.array([[1.5, -2.0]], np.float16), "f16"),
        (np.array([[1.5, -2.0]], np.float32), "f32"),
    ],
)
def test_floats_are_widened_exactly(stored: np.ndarray, name: str, tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(safetensors({"w": stored}))
    tensor = SafetensorsTensor(SafetensorsFile.open(tmp_path / "a.safetensors"), "model.w", "w")
    assert (tensor.dtype, tensor.shape, tensor.name) == (name, (1, 2), "model.w")
    np.testing.assert_array_equal(tensor.read(), stored, strict=True)
    np.testing.assert_array_equal(tensor.read_f32(), np.array([[1.5, -2.0]], np.float32), strict=True)


@given(st.integers(-12, 12) | st.none(), st.integers(-12, 12) | st.none())
def test_rows_are_what_a_slice_of_the_whole_is(start: int | None, stop: int | None) -> None:
    begin, end = row_range(slice(start, stop), 9)
    assert list(range(begin, end)) == list(range(9))[start:stop]


def test_rows_are_mapped_alone_and_read_only(tmp_path: Path) -> None:
    values = np.arange(40, dtype=np.float32).reshape(10, 4)
    (tmp_path / "a.safetensors").write_bytes(safetensors({"first": values[:3], "w": values}))
    file = SafetensorsFile.open(tmp_path / "a.safetensors")
    rows = file.array("w", slice(4, 6))
    np.testing.assert_array_equal(rows, values[4:6])
    assert file.array("w", slice(6, 4)).shape == (0, 4)
    with pytest.raises(ValueError, match="read-only"):
        rows[0] = 0
    with pytest.raises(ValueError, match="step"):
        file.array("w", slice(0, 8, 2))


def test_file_that_shrinks_after_opening_is_a_format_error(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(safetensors({"w": np.zeros((8, 4), np.float32)}))
    file = SafetensorsFile.open(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match="changed while it was read"):
        file.array("w")
    path.unlink()
    with pytest.raises(FormatError, match="changed while it was read"):
        file.array("w")
