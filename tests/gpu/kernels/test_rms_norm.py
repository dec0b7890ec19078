"""RMSNorm handed on as f32, as codes and as both."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.formats import q8_1
from gpu.kernels.emit import BOTH, CODES, VALUES
from gpu.kernels.rms_norm import reference, rms_norm
from tests.gpu.device_arrays import Bench, close, pad


@pytest.mark.parametrize("width", [1, 32, 80, 1024])
@pytest.mark.parametrize("kind", [VALUES, CODES, BOTH])
def test_rows_are_normalised(bench: Bench, width: int, kind: str) -> None:
    rng = np.random.default_rng(width)
    x = rng.standard_normal((5, width), np.float32) * 10
    gain = rng.standard_normal((1, width), np.float32)
    out = bench.activations(np.zeros((5, width), np.float32))
    gains = bench.buffer(pad(gain))
    bench.run([rms_norm(bench.kit, bench.activations(x), gains, 1e-6, out, kind)], 5)
    expected = reference(x, gain[0], 1e-6)
    if kind != CODES:
        close(bench.read(out.values, (5, out.stride))[:, :width], expected)
    if kind != VALUES:
        codes = bench.read(out.codes, (5, out.stride), np.int8)
        d = bench.read(out.scales, (5, out.blocks, 2))[..., 0]
        close((codes.reshape(5, -1, 32) * d[..., None]).reshape(5, -1)[:, :width], expected, 1 / 200)


def test_codes_are_those_of_the_format(bench: Bench) -> None:
    """With a power-of-two row the device's arithmetic is exact, so codes must equal numpy's."""
    x = np.ldexp(1.0, np.arange(-32, 32)).astype(np.float32)[None]
    gain = np.full((1, 64), np.float32(np.sqrt((x.astype(np.float64) ** 2).mean())))
    out = bench.activations(np.zeros((1, 64), np.float32))
    ops = [rms_norm(bench.kit, bench.activations(x), bench.buffer(gain), 0.0, out, BOTH)]
    bench.run(ops, 1)
    values = bench.read(out.values, (1, 64))
    expected = q8_1.quantize(values)
    np.testing.assert_array_equal(bench.read(out.codes, (1, 64), np.int8), expected.codes)
    scales = bench.read(out.scales, (1, 2, 2))
    np.testing.assert_array_equal(scales[..., 0], expected.d)
    np.testing.assert_array_equal(scales[..., 1], expected.s)


def test_reads_from_the_first_row_asked_for(bench: Bench) -> None:
    x = np.random.default_rng(3).standard_normal((4, 64), np.float32)
    out = bench.activations(np.zeros((1, 64), np.float32))
    gain = np.ones((1, 64), np.float32)
    ops = [rms_norm(bench.kit, bench.activations(x), bench.buffer(gain), 1e-5, out, VALUES)]
    bench.run(ops, 1, first=3)
    close(bench.read(out.values, (1, 64)), reference(x[3:], gain[0], 1e-5))


def test_rows_are_copied_as_they_were(bench: Bench) -> None:
    x = np.random.default_rng(4).standard_normal((3, 300), np.float32)
    out, raw = (bench.activations(np.zeros((2, 300), np.float32)) for _ in "ab")
    gain = bench.buffer(np.ones(320, np.float32))
    bench.run([rms_norm(bench.kit, bench.activations(x), gain, 1e-5, out, CODES, raw=raw)], 2, first=1)
    np.testing.assert_array_equal(bench.read(raw.values, (2, raw.stride))[:, :300], x[1:])
