"""Contexts beyond 65,535 positions, where counters of 16 bits and grids of one dimension would end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu.device import Gpu
from gpu.errors import ConfigError
from gpu.kernels import attention as attention_kernel
from gpu.kernels import kv_codes
from gpu.kernels import rope_cache as rope_kernel
from gpu.kernels.heads import Heads
from gpu.kernels.matrix import columns_for
from gpu.qwen3.kv_cache import allocate_layer, plan_layer
from tests.gpu.device_arrays import Bench, close
from tests.gpu.kernels.test_attention import problem

HEADS = Heads(2, 1, 16, 1e-6)
CONTEXT_TOKENS = 131_072
FIRST = 65_530
SIZES = (9, 1, 1, 5)
KINDS = {"buffer_f32": 1e-4, "buffer_f16": 5e-3, "texture_f16": 5e-3, "buffer_q8": 2e-2, "buffer_q4": 8e-2}


@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_beyond_65535_is_written_and_read(plain_bench: Bench, kind: str) -> None:
    """All before FIRST is zeros, to which the strong keys after it leave nearly nothing."""
    gpu, total = plain_bench.kit.gpu, sum(SIZES)
    qkv, gains, table = problem(HEADS, total)
    gains = gains * np.float32(4)
    rows = np.concatenate([np.zeros((FIRST, HEADS.head_dim), np.float32), table])
    cache = allocate_layer(gpu, HEADS, CONTEXT_TOKENS, kind, "long")
    gain_buffers, rope = (
        (plain_bench.buffer(gains[0]), plain_bench.buffer(gains[1])),
        plain_bench.buffer(rows),
    )
    found, done = [], 0
    for size in SIZES:
        part = plain_bench.buffer(qkv[done : done + size])
        q = plain_bench.zeros(size * HEADS.q_heads * HEADS.padded_dim)
        out = plain_bench.activations(np.zeros((size, HEADS.out_width), np.float32), coded=False)
        to = rope_kernel.Rotation(HEADS, cache, gain_buffers, rope, q)
        ops = [
            rope_kernel.rope_cache(plain_bench.kit, part, to),
            *attention_kernel.attention(plain_bench.kit, HEADS, cache, q, out, columns=columns_for(size)),
        ]
        plain_bench.run(ops, size, FIRST + done)
        found.append(plain_bench.read(out.values, (size, out.stride))[:, : HEADS.out_width])
        done += size
    q, k, v = rope_kernel.reference(HEADS, qkv, (gains[0], gains[1]), table)
    if cache.is_coded:
        q, k = rope_kernel.paired(q), kv_codes.reference(rope_kernel.paired(k), int(kind[-1]))
        v = kv_codes.reference(v, int(kind[-1]))
    zeros = np.zeros((FIRST, 1, HEADS.head_dim), np.float32)
    expected = attention_kernel.reference(q, np.concatenate([zeros, k]), np.concatenate([zeros, v]), FIRST)
    assert np.abs(expected).max() > 0.5  # the zeros do not drown it
    close(np.concatenate(found), expected, KINDS[kind])


@pytest.mark.parametrize("kind", [*KINDS, "texture_q8", "texture_q4"])
@pytest.mark.parametrize("tokens", [40_960, 131_072])
def test_released_shapes_have_a_place_for_their_contexts(kind: str, tokens: int) -> None:
    """Eight key-value heads of 128: within the sides of a texture and the 2 GiB that hardware binds."""
    plan = plan_layer(Heads(32, 8, 128, 1e-6), tokens, kind, 16_384)
    assert max(plan.width, plan.height) <= 16_384
    assert plan.size_bytes < 2**31


def test_a_cache_beyond_what_is_bound_is_refused_before_anything_is_allocated(model_gpu: Gpu) -> None:
    narrow = replace(model_gpu, limits={**model_gpu.limits, "max-storage-buffer-binding-size": 2**27})
    with pytest.raises(ConfigError, match="shorter context"):
        allocate_layer(narrow, Heads(32, 8, 128, 1e-6), 131_072, "buffer_q8", "long")
    assert model_gpu.ledger.entries() == ()
