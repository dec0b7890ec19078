"""Every buffer of a pass has the room its kernels write to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu.activations import Activations, blocks_of
from gpu.device import Gpu
from gpu.kernels.heads import Heads
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.workspace import HEAD_ROWS, allocate_workspace
from tests.golden.qwen3.checkpoints import SPECS, config_fields

CONFIG = Qwen3Config.from_dict(config_fields(SPECS[5]), "test")  # hidden 80, MLP 112, 4 heads of 40
HEADS = Heads(4, 4, 40, 1e-6)
ROWS, CONTEXT = 24, 100


@pytest.mark.parametrize("coded", [True, False])
def test_activations_are_rows_of_whole_blocks(model_gpu: Gpu, coded: bool) -> None:
    space = allocate_workspace(model_gpu, CONFIG, HEADS, ROWS, CONTEXT, coded)
    widths = {"attention_in": 80, "attention_out": 160, "mlp_in": 80, "mlp_out": 112}
    for name, width in widths.items():
        check_activations(getattr(space, name), ROWS, width, coded)
    check_activations(space.head_in, HEAD_ROWS, 80, coded)
    check_activations(space.hidden, ROWS, 80, coded=False)


def check_activations(held: Activations, rows: int, width: int, coded: bool) -> None:
    assert held.width == width
    assert held.stride == 32 * held.blocks == 32 * blocks_of(width)
    assert held.values.size == rows * held.stride * 4
    if coded:
        assert (held.codes.size, held.scales.size) == (rows * held.stride, rows * held.blocks * 8)
    else:
        assert held.codes is None
        assert held.scales is None


def test_products_and_tables_have_room_for_all_rows(model_gpu: Gpu) -> None:
    space = allocate_workspace(model_gpu, CONFIG, HEADS, ROWS, CONTEXT, coded=True)
    assert space.qkv.size == ROWS * (4 + 4 + 4) * 40 * 4
    assert space.q.size == ROWS * 4 * 64 * 4
    assert space.gate_up.size == ROWS * 2 * 112 * 4
    assert space.logits.size >= HEAD_ROWS * CONFIG.vocab_size * 4
    assert space.rope.size == CONTEXT * 40 * 4
    assert space.row_absmax.size >= ROWS * 4


def test_few_rows_still_leave_room_for_the_heads_maxima(model_gpu: Gpu) -> None:
    space = allocate_workspace(model_gpu, CONFIG, HEADS, 2, CONTEXT, coded=True)
    assert space.row_absmax.size >= HEAD_ROWS * 4


def test_all_of_it_is_workspace(model_gpu: Gpu) -> None:
    allocate_workspace(model_gpu, CONFIG, HEADS, ROWS, CONTEXT, coded=True)
    assert model_gpu.ledger.by_purpose()["workspace"] == model_gpu.ledger.total_bytes()


def test_experts_share_the_rows_of_a_layer_without_them(gpu: Gpu) -> None:
    """A token's inner rows, one for each chosen expert, hold the wider row of a dense layer."""
    experts = {"num_experts": 8, "num_experts_per_tok": 3, "moe_intermediate_size": 40}
    config = replace(CONFIG, intermediate_size=250, mlp_only_layers=(0,), **experts)
    counting = gpu.for_planning()
    heads = Heads(config.num_attention_heads, config.num_key_value_heads, config.head_dim, 1e-6)
    space = allocate_workspace(counting, config, heads, 5, 16, coded=False)
    assert space.routing is not None
    assert space.mlp_out.width == 84
    sizes = {entry.name: entry.size_bytes for entry in counting.ledger.entries()}
    assert sizes["mlp inner"] == 5 * 3 * 96 * 4
    assert sizes["gate, up"] == 5 * 2 * 3 * 84 * 4
    assert sizes["router logits"] == 5 * 8 * 4
