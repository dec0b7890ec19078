from __future__ import annotations

import math

import pytest

from gpu.errors import RequestError
from gpu.model_shape import ModelShape
from gpu.qwen3.released import released_config, released_names


@pytest.mark.parametrize("name", released_names())
def test_parameters_are_those_of_the_config(name: str) -> None:
    config = released_config(name)
    shape = ModelShape.from_config(config)
    assert shape.parameters == config.parameter_count()
    one_dimensional = [s for s in config.tensor_shapes().values() if len(s) == 1]
    assert shape.norm_values == sum(math.prod(s) for s in one_dimensional)


def test_matrices_are_gathered_by_kind() -> None:
    kinds = {matrix.name: matrix for matrix in ModelShape.from_config(released_config("qwen3-0.6b")).matrices}
    assert set(kinds) == {
        "embed_tokens",
        *(f"self_attn.{x}_proj" for x in "qkvo"),
        *(f"mlp.{x}_proj" for x in ("gate", "up", "down")),
    }
    assert kinds["mlp.down_proj"].count == kinds["mlp.down_proj"].active == 28
    assert (kinds["mlp.down_proj"].rows, kinds["mlp.down_proj"].columns) == (1024, 3072)
    assert kinds["embed_tokens"].role == "head"


def test_an_untied_embedding_is_only_looked_up() -> None:
    kinds = {matrix.name: matrix for matrix in ModelShape.from_config(released_config("qwen3-8b")).matrices}
    assert (kinds["embed_tokens"].role, kinds["embed_tokens"].active) == ("lookup", 0)
    assert (kinds["lm_head"].role, kinds["lm_head"].active) == ("head", 1)


@pytest.mark.parametrize(("name", "billions"), [("qwen3-30b-a3b", 3.35), ("qwen3-235b-a22b", 22.19)])
def test_of_the_experts_only_the_chosen_are_active(name: str, billions: float) -> None:
    shape = ModelShape.from_config(released_config(name))
    lookup = sum(matrix.values for matrix in shape.matrices if matrix.role == "lookup")
    active = sum(matrix.active_values for matrix in shape.matrices) + shape.norm_values
    assert (active + lookup) / 1e9 == pytest.approx(billions, abs=0.006)
    assert [matrix.name for matrix in shape.matrices if not matrix.is_quantized] == ["mlp.gate"]


@pytest.mark.parametrize(
    "numbers", [(0, 1, 1, 1), (-8, 1, 1, 1), (1, 0, 1, 1), (1, 1, -1, 1), (1, 1, 1, 10**9)]
)
def test_absurd_numbers_are_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(RequestError, match="must be between 1 and"):
        ModelShape.from_parameters(*numbers)
