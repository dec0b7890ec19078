"""hidden[t] = E[ids[t]]: rows of the embedding, in whatever format it is held, as f32."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.matrix import matrix_uniform, value_fragments
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix


def embed(kit: Kit, matrix: DeviceMatrix, ids: Any, out: Activations) -> list[Op]:
    """One dispatch for each slab; each writes the tokens whose row it holds. ids u32 [tokens]."""
    fragments = ("lib/weights_pairs",) if matrix.pairs else value_fragments(matrix.spec)
    names = ("lib/matrix", *fragments, "lib/write_values", "embed")
    pipeline = kit.pipelines.get(*names, THREADS=min(kit.threads, 32))
    return [
        Op(
            pipeline.bind(
                matrix=matrix_uniform(kit, matrix, slab, 0), ids=ids, out_values=out.values, **slab.resources
            ),
            lambda tokens: (tokens, 1),
        )
        for slab in matrix.slabs
    ]


def reference(weights: npt.NDArray[np.float32], ids: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
    """weights [vocabulary, K], ids [T] -> [T, K]."""
    return weights[ids]
