"""Chosen channels taken out of activations: set to zero, their values kept aside."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kit import Kit, Op, tiles

F32 = npt.NDArray[np.float32]


def lift_channels(kit: Kit, x: Activations, channels: Any, count: int, lifted: Any) -> Op:
    """`channels` u32 [count], all different, of x.values [tokens, stride] to `lifted` f32 [tokens, count]."""
    pipeline = kit.pipelines.get("lift_channels", THREADS=kit.threads)
    uniform = kit.uniform("2I8x", x.stride, count)
    dispatch = pipeline.bind(x=x.values, channels=channels, lifted=lifted, lift=uniform)
    return Op(dispatch, tiles(-(-count // kit.threads)))


def reference(x: F32, channels: npt.NDArray[np.integer]) -> tuple[F32, F32]:
    """x [T, K] -> what is left of it [T, K], and what was lifted [T, channels]."""
    left = x.copy()
    left[:, channels] = 0
    return left, x[:, channels]
