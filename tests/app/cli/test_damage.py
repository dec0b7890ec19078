from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from gpu.checkpoints import open_checkpoint
from gpu.damage import measure
from tests.app.cli.conftest import Quantscope

TENSOR = "model.layers.0.mlp.down_proj.weight"


def spiky(rows: int, channels: int) -> np.ndarray:
    values = np.random.default_rng(0).standard_normal((rows, channels)).astype(np.float32)
    values[:, 5] *= 100
    return values


def test_an_array_is_measured(quantscope: Quantscope, tmp_path: Path) -> None:
    values, file = spiky(12, 70), tmp_path / "x.npy"
    np.save(file, values)
    for name, bits in (("int8", 8), ("int4", 4)):
        for granularity in ("b32", "token", "channel", "tensor"):
            result = quantscope(
                "damage", "--array", file, "--format", name, "--granularity", granularity, "--json"
            )
            expected = measure(values, f"int{bits}", granularity).summary()
            assert result.json == {"shape": [12, 70], **expected}


def test_a_spike_ruins_its_tensor_and_not_its_neighbours_blocks(
    quantscope: Quantscope, tmp_path: Path
) -> None:
    np.save(tmp_path / "x.npy", spiky(12, 64))
    arguments = ("damage", "--array", tmp_path / "x.npy", "--format", "int4", "--json", "--granularity")
    tensor, block = (quantscope(*arguments, granularity).json for granularity in ("tensor", "b32"))
    assert tensor["zeroed_share"] > 0.9 > block["zeroed_share"]


def test_a_tensor_of_a_model_is_measured(quantscope: Quantscope, talker: Path) -> None:
    result = quantscope("damage", talker, "--tensor", TENSOR, "--format", "int4", "--clip", "--json")
    values = open_checkpoint(talker).tensor(TENSOR).read_f32()
    assert result.json["sqnr_db"] == measure(values, "int4", "b32").summary()["sqnr_db"]
    assert result.json["clip"]["mse"] <= result.json["mse"]
    printed = quantscope("damage", talker, "--tensor", TENSOR, "--clip").out
    assert "signal to noise" in printed
    assert "best clipping" in printed


def test_a_misspelt_tensor_is_met_with_the_nearest_name(quantscope: Quantscope, talker: Path) -> None:
    complaint = quantscope("damage", talker, "--tensor", "layers.0.mlp.down_proj").complaint
    assert complaint.endswith(f"; the closest is {TENSOR}.")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"", "no whole .npy file"),
        (b"\x93NUMPY\x01\x00v\x00{'descr'", "no whole .npy file"),
        (b"random bytes", "no whole .npy file"),
    ],
)
def test_files_that_are_no_arrays(
    quantscope: Quantscope, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "x.npy"
    if content is not None:
        file.write_bytes(content)
    assert problem in quantscope("damage", "--array", file).complaint


def test_pickles_and_archives_are_refused(quantscope: Quantscope, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], object))
    assert "no whole .npy file of numbers" in quantscope("damage", "--array", tmp_path / "x.npy").complaint
    np.savez(tmp_path / "x.npz", a=np.ones(3))
    assert "several arrays" in quantscope("damage", "--array", tmp_path / "x.npz").complaint


@pytest.mark.parametrize("option", [("--format", "int7"), ("--granularity", "b0")])
def test_unknown_formats_and_granularities(
    quantscope: Quantscope, tmp_path: Path, option: tuple[str, str]
) -> None:
    np.save(tmp_path / "x.npy", np.ones((2, 2)))
    assert f"'{option[1]}'" in quantscope("damage", "--array", tmp_path / "x.npy", *option).complaint


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("demo",),
        ("demo", "--array", "f"),
        ("--tensor", "t"),
        ("demo", "--tensor", "t", "--all"),
        ("demo", "--tensor", "t", "--csv", "f"),
        ("demo", "--all", "--clip"),
    ],
)
def test_wrong_usage(quantscope: Quantscope, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        quantscope("damage", *arguments)
    assert stopped.value.code == 2


def test_nan_is_counted_located_and_said(quantscope: Quantscope, tmp_path: Path) -> None:
    values = spiky(12, 64)
    values[3, 7] = np.nan
    np.save(tmp_path / "x.npy", values)
    found = quantscope("damage", "--array", tmp_path / "x.npy", "--json").json
    assert (found["non_finite"], found["first_non_finite"]) == (1, [3, 7])
    printed = quantscope("damage", "--array", tmp_path / "x.npy").out
    assert "1 values left out, the first at [3, 7]" in printed


@pytest.mark.parametrize("name", ["q4_k", "nvfp4", "awq", "int4-affine", "fp8-e4m3"])
def test_every_family_has_its_own_granularity(quantscope: Quantscope, tmp_path: Path, name: str) -> None:
    np.save(tmp_path / "x.npy", spiky(4, 300))
    found = quantscope("damage", "--array", tmp_path / "x.npy", "--format", name, "--json").json
    assert found["format"] == name
    assert found["sqnr_db"] > 10


@pytest.mark.usefixtures("qapp")  # a PNG needs one, and there is one a process
def test_charts_are_drawn_into_a_file(quantscope: Quantscope, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", spiky(12, 64))
    arguments = ("damage", "--array", tmp_path / "x.npy", "--clip", "--plot")
    quantscope(*arguments, tmp_path / "x.svg")
    drawn = (tmp_path / "x.svg").read_text()
    assert "Blast radius" in drawn
    assert "T* =" in drawn
    quantscope(*arguments, tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert "end its name in .svg or .png" in quantscope(*arguments, tmp_path / "x.pdf").complaint


def test_every_tensor_of_a_model(quantscope: Quantscope, talker: Path, tmp_path: Path) -> None:
    arguments = ("damage", talker, "--all", "--format", "int4", "--versus", "q8_0")
    table = tmp_path / "t.csv"
    found = quantscope(*arguments, "--csv", table, "--plot", tmp_path / "t.svg", "--json").json
    assert found["schemes"] == ["int4@b32", "q8_0@b32"]
    named = {tensor["name"]: tensor["schemes"] for tensor in found["tensors"]}
    four, eight = named[TENSOR]
    assert four["sqnr_db"] < eight["sqnr_db"]
    assert four["quantized_bytes"] < eight["quantized_bytes"]
    rows = list(csv.DictReader(table.open()))
    assert len(rows) == 2 * len(named)
    assert {row["scheme"] for row in rows} == {"int4@b32", "q8_0@b32"}
    assert "signal to noise" in (tmp_path / "t.svg").read_text()
    assert TENSOR in quantscope(*arguments).out


def test_an_array_in_place_of_a_model_is_met_with_its_flag(
    quantscope: Quantscope, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        quantscope("damage", "x.npy")
    assert "--array x.npy" in capsys.readouterr().err
