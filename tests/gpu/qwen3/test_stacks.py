"""Which tensors become which matrices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.released import released_config
from gpu.qwen3.stacks import check_supported, stack_model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, config_fields

CONFIG = Qwen3Config.from_dict(config_fields(SPECS[2]), "test")  # 10 query heads, 2 key-value heads of 24


def bf16(_name: str) -> str:
    return "bf16"


@pytest.mark.parametrize("is_tied", [True, False])
def test_every_matrix_of_the_checkpoint_is_in_one_place(is_tied: bool) -> None:
    config = replace(CONFIG, tie_word_embeddings=is_tied)
    stacks = stack_model(config, Scheme.parse("W4A8"), bf16)
    stacked = [tensor for stack in stacks.all() for tensor in stack.tensors]
    shapes = config.tensor_shapes()
    assert sorted(stacked) == sorted(name for name, shape in shapes.items() if len(shape) == 2)
    assert (stacks.head is stacks.embedding) == is_tied
    for stack in stacks.all():
        heights = [shapes[tensor][0] for tensor in stack.tensors]
        assert list(stack.spec.part_rows) == ([sum(heights)] if stack.interleaved else heights)
        assert {shapes[tensor][1] for tensor in stack.tensors} == {stack.spec.columns}


def test_what_reads_the_same_activations_is_stacked() -> None:
    layer = stack_model(CONFIG, Scheme.parse("W4A8"), bf16).layers[1]
    assert layer.qkv.tensors == tuple(f"model.layers.1.self_attn.{part}_proj.weight" for part in "qkv")
    assert layer.qkv.spec.part_rows == (240, 48, 48)
    assert layer.gate_up.interleaved
    assert layer.gate_up.tensors == tuple(f"model.layers.1.mlp.{part}_proj.weight" for part in ("gate", "up"))


@pytest.mark.parametrize(
    ("scheme", "fmt", "group"),
    [("W4A8", "q4", 32), ("W4-g128A16", "q4", 128), ("W8-g64A8", "q8", 64), ("W16A16", "bf16", 32)],
)
def test_format_follows_the_scheme(scheme: str, fmt: str, group: int) -> None:
    for stack in stack_model(CONFIG, Scheme.parse(scheme), bf16).all():
        assert (stack.spec.format, stack.spec.group) == (fmt, group)


def test_stack_of_mixed_types_is_f32() -> None:
    def mixed(name: str) -> str:
        return "f16" if "k_proj" in name else "bf16"

    layer = stack_model(CONFIG, Scheme.parse("W16A16"), mixed).layers[0]
    assert (layer.qkv.spec.format, layer.o.spec.format) == ("f32", "bf16")


@pytest.mark.parametrize(
    "shape", ["qwen3-0.6b", "qwen3-1.7b", "qwen3-4b", "qwen3-8b", "qwen3-14b", "qwen3-32b"]
)
def test_released_dense_models_run_under_every_scheme_of_the_readme(shape: str) -> None:
    for scheme in ("W16A16", "W4A8", "W4A16", "W8A8", "W8A8@tensor", "W4A4@tensor", "W4-g128A8"):
        check_supported(released_config(shape), Scheme.parse(scheme))


@pytest.mark.parametrize("sparse", [{}, {"decoder_sparse_step": 2}, {"mlp_only_layers": (0,)}])
def test_experts_are_stacked_and_their_router_is_kept(sparse: dict[str, Any]) -> None:
    experts = {"num_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 40}
    config = replace(CONFIG, num_hidden_layers=4, **experts, **sparse)
    stacks = stack_model(config, Scheme.parse("W4A8"), bf16)
    shapes = config.tensor_shapes()
    matrices = {name: shape for name, shape in shapes.items() if len(shape) == 2}
    assert sorted(t for stack in stacks.all() for t in stack.tensors) == sorted(matrices)
    for stack in stacks.all():
        assert stack.spec.rows == sum(matrices[tensor][0] for tensor in stack.tensors)
        assert {matrices[tensor][1] for tensor in stack.tensors} == {stack.spec.columns}
    for i, layer in enumerate(stacks.layers):
        assert (layer.router is not None) == config.is_moe_layer(i)
        assert layer.router is None or (layer.router.spec.format, layer.router.spec.rows) == ("bf16", 6)
        assert (layer.down.spec.experts, layer.down.spec.unit_rows) == ((6, 160) if layer.router else (1, 8))
