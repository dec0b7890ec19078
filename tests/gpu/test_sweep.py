from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.damage import measure
from gpu.damage_stream import Watch
from gpu.device import Gpu
from gpu.device_damage import SweepDevice
from gpu.errors import Cancelled, QuantscopeError, SchemeError
from gpu.qwen3.released import released_config
from gpu.sweep import Rounding, TensorDamage, matrices, sweep
from tests.golden.qwen3.checkpoints import SPECS

ROUNDINGS = [Rounding.parse("int4@b32"), Rounding.parse("q8_0")]


@pytest.fixture
def checkpoint(golden_checkpoint: Callable[[str], Checkpoint]) -> Checkpoint:
    return golden_checkpoint(SPECS[0].name)


def test_every_matrix_is_measured_under_every_scheme(checkpoint: Checkpoint) -> None:
    heard: list[tuple[str, int, int]] = []
    found = list(sweep(checkpoint, ROUNDINGS, progress=lambda *told: heard.append(told)))
    assert [tensor.name for tensor in found] == [tensor.name for tensor in matrices(checkpoint)]
    assert not any("norm" in tensor.name for tensor in found)
    for tensor in found:
        values = checkpoint.tensor(tensor.name).read_f32()
        assert tensor.totals[0].mse == pytest.approx(measure(values, "int4", "b32").mse)
        assert tensor.totals[1].mse == pytest.approx(measure(values, "q8_0").mse)
        assert tensor.stored_bytes == checkpoint.tensor(tensor.name).read().nbytes
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)
    assert heard[-1][1] == heard[-1][2] == 2 * sum(np.prod(tensor.shape) for tensor in found)


def test_it_can_be_stopped(checkpoint: Checkpoint) -> None:
    with pytest.raises(Cancelled):
        list(sweep(checkpoint, ROUNDINGS, cancel=lambda: True))


class OneTensor(SyntheticCheckpoint):
    """A key projection of the 0.6B shapes, large enough to go through in parts."""

    def names(self) -> tuple[str, ...]:
        return ("model.layers.0.self_attn.k_proj.weight",)


def assert_alike(one: TensorDamage, other: TensorDamage) -> None:
    for a, b in zip(one.totals, other.totals, strict=True):
        assert a.sqnr_db == pytest.approx(b.sqnr_db, abs=1e-3)
        assert a.max_error == pytest.approx(b.max_error, rel=1e-3)
        assert a.median_levels == b.median_levels
        assert a.zeroed_share == pytest.approx(b.zeroed_share, abs=1e-5)
        assert (a.bits_per_value, a.blocks, a.blocks_per_row) == (
            b.bits_per_value,
            b.blocks,
            b.blocks_per_row,
        )
        assert a.worst is not None
        assert b.worst is not None
        assert a.worst["field_sqnr_db"] == pytest.approx(b.worst["field_sqnr_db"], abs=1e-3)


def test_the_device_finds_what_numpy_finds(model_gpu: Gpu) -> None:
    checkpoint = SyntheticCheckpoint(released_config("qwen3-0.6b"))
    one = OneTensor(checkpoint.config)
    device = SweepDevice(model_gpu, always=True)
    rounded = [Rounding.parse(text) for text in ("int4@b32", "q8_0", "q4_0@b128")]
    for here, there in zip(sweep(one, rounded), sweep(one, rounded, device.measure), strict=True):
        assert_alike(there, here)
    assert device.share == 1
    device.close()
    assert model_gpu.ledger.total_bytes() == 0


def test_what_the_kernel_cannot_do_goes_to_numpy(model_gpu: Gpu, checkpoint: Checkpoint) -> None:
    device = SweepDevice(model_gpu, always=True)
    list(sweep(checkpoint, [Rounding.parse("q4_k")], device.measure))
    assert device.share == 0


class LargeTensor:
    """Values whose 8-bit scale is beyond float16."""

    dtype = "f32"
    shape = (2, 32)

    def read(self, rows: slice | None = None) -> np.ndarray:
        return np.full(self.shape, 1e7, np.float32)[rows or slice(None)]

    read_f32 = read


def test_a_scale_beyond_float16_is_numpys_to_complain_of(model_gpu: Gpu) -> None:
    device = SweepDevice(model_gpu, always=True)
    with pytest.raises(QuantscopeError, match="too large for a 16-bit block scale"):
        device.measure(LargeTensor(), Rounding.parse("q8_0"), Watch())


def test_names() -> None:
    assert str(Rounding.parse("int4@b64")) == "int4@b64"
    assert str(Rounding.parse("Q4_K")) == "q4_k@b32"
    with pytest.raises(SchemeError, match="Q4_K always"):
        Rounding.parse("q4_k@b64")
