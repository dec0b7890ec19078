from __future__ import annotations

import numpy as np
import pytest

from gpu.formats.family import find_format, quantize


def slow(group: np.ndarray, low: float, high: float) -> np.ndarray:
    """The rule, value by value, in double precision under the stored scale."""
    scale = float(np.float16((high - low) / 15))
    zero = min(max(-round(low / scale), 0), 15)
    return np.array([(min(max(round(v / scale) + zero, 0), 15) - zero) * scale for v in group.astype(float)])


@pytest.mark.parametrize("method", ["awq", "gptq"])
def test_groups_follow_the_rule(method: str) -> None:
    x = np.random.default_rng(3).normal(0.3, 1, (6, 256)).astype(np.float32)
    x[1] = np.abs(x[1])
    packed = quantize(x, find_format(method))
    for row, found in zip(x, packed.restored, strict=True):
        for start in (0, 128):
            group = row[start : start + 128]
            low, high = float(group.min()), float(group.max())
            if method == "gptq":
                low, high = min(low, 0.0), max(high, 0.0)
            np.testing.assert_allclose(found[start : start + 128], slow(group, low, high), rtol=1e-6)


def test_awq_cannot_reach_a_group_far_from_zero_and_gptq_can() -> None:
    x = np.linspace(10, 11, 128, dtype=np.float32)[None]
    awq, gptq = (np.abs(quantize(x, find_format(name)).restored - x).max() for name in ("awq", "gptq"))
    assert gptq < 0.5 < awq
