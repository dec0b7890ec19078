from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.add_columns import add_columns, reference
from tests.gpu.device_arrays import Bench, close


@pytest.mark.parametrize(("rows", "count"), [(1, 1), (70, 3), (301, 33)])
def test_products_are_added_to_rows_of_any_stride(bench: Bench, rows: int, count: int) -> None:
    rng = np.random.default_rng(rows)
    y = rng.standard_normal((4, rows + 5), np.float32)
    lifted, columns = (
        rng.standard_normal((4, count), np.float32),
        rng.standard_normal((count, rows), np.float32),
    )
    out = bench.buffer(y)
    op = add_columns(bench.kit, bench.buffer(lifted), bench.buffer(columns), count, rows, out, rows + 5)
    bench.run([op], 4)
    found = bench.read(out, y.shape)
    close(found[:, :rows], reference(y[:, :rows], lifted, columns))
    np.testing.assert_array_equal(found[:, rows:], y[:, rows:])
