"""The reduction against the damage that numpy measures block by block."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.formats import floats
from gpu.formats.family import find_format
from gpu.kernels.block_damage import INFINITY_BITS, SUMS, block_damage, reference, workgroups
from tests.gpu.device_arrays import Bench

DIVIDED = 5e-5  # WGSL lets a quotient be off by 2.5 units in the last place, and its float16 be the next then


def run(bench: Bench, x: np.ndarray, name: str, dtype: str, block: int) -> tuple[np.ndarray, np.ndarray]:
    blocks = x.size // block
    groups = workgroups(bench.kit, blocks)
    buffers = {
        "stored": bench.buffer(floats.from_f32(x, dtype)),
        "sums": bench.kit.gpu.ledger.buffer("test", "workspace", groups * SUMS.itemsize),
        "counts": bench.zeros(257),
    }
    dispatch = block_damage(bench.kit, find_format(name), dtype, block, blocks, buffers)
    encoder = bench.kit.gpu.device.create_command_encoder()
    compute_pass = encoder.begin_compute_pass()
    dispatch.record(compute_pass, groups)
    compute_pass.end()
    bench.kit.gpu.submit(encoder.finish())
    return bench.read(buffers["sums"], (groups,), SUMS), bench.read(buffers["counts"], (257,), np.uint32)


def awkward(blocks: int, block: int) -> np.ndarray:
    """Gaussians with outliers, a block of zeros, ties of both signs, a lonely value."""
    x = np.random.default_rng(blocks).standard_normal((blocks, block)).astype(np.float32)
    x[:: max(blocks // 7, 1), 1] = -40
    x[0] = 0
    x[1 % blocks, :] = np.tile([2.0, -2.0, 0.5, 0.25], block // 4)
    x[2 % blocks, :] = 0
    x[2 % blocks, 3] = 7
    return floats.to_f32(floats.from_f32(x.reshape(-1), "bf16"), "bf16")


@pytest.mark.parametrize("name", ["int8", "int4", "int2", "q8_0", "q4_0"])
@pytest.mark.parametrize(("blocks", "block"), [(1, 32), (37, 16), (1500, 128)])
def test_sums_equal_those_of_numpy(bench: Bench, name: str, blocks: int, block: int) -> None:
    x = awkward(blocks, block)
    sums, counts = run(bench, x, name, "bf16", block)
    expected, levels = reference(x, find_format(name), block)
    for key in ("signal", "noise"):
        assert sums[key].sum(dtype=np.float64) == pytest.approx(float(expected[key]), rel=DIVIDED, abs=1e-30)
    for key in ("max_error", "worst_ratio"):
        assert sums[key].max() == pytest.approx(float(expected[key]), rel=1e-3, abs=1e-30)
    assert sums["largest_bits"].max() == expected["largest_bits"]
    assert abs(int(sums["zeroed"].sum()) - int(expected["zeroed"])) <= 1
    assert np.abs(counts[: len(levels)].astype(np.int64) - levels).sum() <= 2
    assert counts.sum() == levels.sum()


@pytest.mark.parametrize("dtype", ["bf16", "f16", "f32"])
def test_every_stored_type_is_read(plain_bench: Bench, dtype: str) -> None:
    x = floats.to_f32(floats.from_f32(awkward(40, 32), dtype), dtype)
    sums, _ = run(plain_bench, x, "int4", dtype, 32)
    expected, _ = reference(x, find_format("int4"), 32)
    assert sums["noise"].sum(dtype=np.float64) == pytest.approx(float(expected["noise"]), rel=1e-5)


@pytest.mark.parametrize("name", ["q8_0", "q4_0"])
@pytest.mark.parametrize("size", [1.0, 3e-5, 1e-7])
def test_scales_are_the_nearest_float16(plain_bench: Bench, name: str, size: float) -> None:
    """Normal, subnormal and gone. Values of bf16 would have scales that Q4_0 need not round."""
    x = np.random.default_rng(5).standard_normal(40 * 32).astype(np.float32) * np.float32(size)
    sums, _ = run(plain_bench, x, name, "f32", 32)
    expected, _ = reference(x, find_format(name), 32)
    assert sums["noise"].sum(dtype=np.float64) == pytest.approx(float(expected["noise"]), rel=DIVIDED)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_noticed(plain_bench: Bench, bad: float) -> None:
    x = awkward(40, 32)
    x[777] = bad
    sums, _ = run(plain_bench, x, "int8", "bf16", 32)
    assert sums["largest_bits"].max() >= INFINITY_BITS


def test_formats_without_a_rule_are_refused(plain_bench: Bench) -> None:
    with pytest.raises(ValueError, match="q4_k"):
        run(plain_bench, awkward(8, 32), "q4_k", "bf16", 32)
