from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.read_rate import read_rate, reference
from tests.gpu.device_arrays import Bench


@pytest.mark.parametrize(("groups", "vectors"), [(1, 1), (3, 7), (5, 64), (17, 65)])
def test_every_word_is_read(bench: Bench, groups: int, vectors: int) -> None:
    x = np.random.default_rng(groups).integers(0, 2**32, (groups, vectors * 4), np.uint32)
    out = bench.zeros(groups)
    bench.run([read_rate(bench.kit, bench.buffer(x), out, groups, vectors)], 1)
    found = bench.read(out, (groups,), np.uint32)
    assert (found == reference(x)).all()


def test_a_texture_serves_as_well(plain_bench: Bench) -> None:
    x = np.random.default_rng(1).integers(0, 2**32, (5, 9 * 4), np.uint32)
    gpu, out = plain_bench.kit.gpu, plain_bench.zeros(5)
    texture = gpu.ledger.texture("x", {"workspace": x.nbytes}, 9, 5)
    layout = {"bytes_per_row": 9 * 16, "rows_per_image": 5}
    gpu.device.queue.write_texture({"texture": texture}, x, layout, (9, 5, 1))
    plain_bench.run([read_rate(plain_bench.kit, texture, out, 5, 9, "texture")], 1)
    assert (plain_bench.read(out, (5,), np.uint32) == reference(x)).all()
