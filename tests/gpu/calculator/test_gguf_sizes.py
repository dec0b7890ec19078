from __future__ import annotations

import pytest

from gpu.calculator.gguf_sizes import gets_more_bits, gguf_terms
from gpu.model_shape import ModelShape
from tests.gpu.released import shape_of

METADATA_BYTES = 6_500_000  # Qwen3's vocabulary and merges


@pytest.mark.parametrize(
    ("model", "file_type", "size"),
    [
        ("qwen3-4b", "F16", 8_051_285_408),
        ("qwen3-4b", "Q8_0", 4_280_405_408),
        ("qwen3-0.6b", "Q4_K_M", 396_705_472),
        ("qwen3-4b", "Q4_K_M", 2_497_280_256),
        ("qwen3-8b", "Q4_K_M", 5_027_783_488),
        ("qwen3-14b", "Q4_K_M", 9_001_752_960),
        ("qwen3-32b", "Q4_K_M", 19_762_149_024),
    ],
)
def test_published_files_are_this_and_their_metadata(model: str, file_type: str, size: int) -> None:
    tensors = sum(term.size_bytes for term in gguf_terms(shape_of(model), file_type))
    assert 5_900_000 <= size - tensors <= METADATA_BYTES


def test_about_half_of_the_layers_get_more_bits() -> None:
    assert [i for i in range(28) if gets_more_bits(i, 28)] == [
        0,
        1,
        2,
        5,
        8,
        11,
        14,
        17,
        20,
        23,
        24,
        25,
        26,
        27,
    ]


def test_routers_stay_as_they_are() -> None:
    kinds = [term.name for term in gguf_terms(shape_of("qwen3-30b-a3b"), "Q4_K_M")]
    assert "mlp.gate (F32)" in kinds
    assert {"mlp.experts.down_proj (Q6_K)", "mlp.experts.down_proj (Q4_K)"} < set(kinds)


def test_narrow_rows_fall_back_to_smaller_blocks() -> None:
    odd, narrow = (ModelShape.from_parameters(n, 1, 1, 2) for n in (33, 64))
    assert [term.size_bytes for term in gguf_terms(odd, "Q4_K_M")] == [66]
    assert [term.size_bytes for term in gguf_terms(narrow, "Q4_K_M")] == [44]
