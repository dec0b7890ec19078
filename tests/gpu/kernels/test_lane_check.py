"""The exchange both fragments promise, and the choice where subgroups are too narrow for a team."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from gpu.kernels.lane_check import lane_exchange, reference
from tests.gpu.device_arrays import Bench

PRINT_LANES = (
    "from gpu.device import open_gpu; from gpu.kit import Kit; print(Kit(open_gpu('software')).lanes)"
)


@pytest.mark.parametrize("threads", [8, 16])
def test_lanes_exchange(plain_bench: Bench, threads: int) -> None:
    """Through workgroup memory anywhere, and as this adapter's kernels do."""
    for lanes in ("lib/lanes_workgroup", plain_bench.kit.lanes):
        found = lane_exchange(plain_bench.kit.pipelines, lanes, threads)
        np.testing.assert_array_equal(found, reference(threads))


def test_nothing_stays_allocated(plain_bench: Bench) -> None:
    before = plain_bench.kit.gpu.ledger.total_bytes()
    lane_exchange(plain_bench.kit.pipelines, "lib/lanes_workgroup", 8)
    assert plain_bench.kit.gpu.ledger.total_bytes() == before


def test_narrow_subgroups_are_noticed() -> None:
    """Mesa's software driver runs subgroups of four when told to use 128-bit vectors; its cache of compiled
    shaders does not know of that setting."""
    narrow = {**os.environ, "LP_NATIVE_VECTOR_WIDTH": "128", "MESA_SHADER_CACHE_DISABLE": "true"}
    command = [sys.executable, "-c", PRINT_LANES]
    result = subprocess.run(command, env=narrow, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "lib/lanes_workgroup"
