"""Do this adapter's subgroups hold whole teams of eight lanes, in the order of the workgroup's threads?

WGSL promises neither; narrow processors have subgroups of four. Measured, not believed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.pipelines import Pipelines

MASKS = 8


def lane_exchange(pipelines: Pipelines, lanes: str, threads: int) -> npt.NDArray[np.float32]:
    """What each thread receives for each mask, f32 [MASKS, threads], by the fragment `lanes`."""
    gpu = pipelines.gpu
    out: Any = gpu.ledger.buffer("lane check", "workspace", MASKS * threads * 4)
    dispatch = pipelines.get(lanes, "lane_check", TEAM_THREADS=threads).bind(out=out)
    encoder = gpu.device.create_command_encoder()
    compute_pass = encoder.begin_compute_pass()
    dispatch.record(compute_pass, 1)
    compute_pass.end()
    gpu.submit(encoder.finish())
    found = np.frombuffer(gpu.read(out, MASKS * threads * 4), np.float32).reshape(MASKS, threads).copy()
    gpu.ledger.release(out)
    return found


def reference(threads: int) -> npt.NDArray[np.float32]:
    """f32 [MASKS, threads]: thread ^ mask."""
    return (np.arange(threads)[None, :] ^ np.arange(MASKS)[:, None]).astype(np.float32)
