from __future__ import annotations

from dataclasses import replace

import pytest

from gpu.device import Gpu
from gpu.errors import ConfigError
from gpu.kit import Kit
from gpu.layouts import choose_layout
from gpu.variants import Variants, safe_variants
from tests.gpu.sentences import is_one_sentence


def test_software_adapters_are_safe_with_textures_and_narrow_workgroups() -> None:
    assert safe_variants(is_software=True, has_textures=True) == Variants(8, 1, "pairs")
    assert safe_variants(is_software=True, has_textures=False).layout == "buffer"
    hardware = Variants(64, 4, "buffer", parts=16, rows=32)
    assert safe_variants(is_software=False, has_textures=True) == hardware


@pytest.mark.parametrize(
    "wrong",
    [
        {"threads": 7},
        {"teams": 3},
        {"layout": "rows"},
        {"threads": "8"},
        {"teams": True},
        {"tile": None},
        {"parts": 2},
        {"rows": 8},
    ],
)
def test_a_variant_that_no_kernel_has_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as failure:
        Variants.of({**Variants(8, 1, "pairs").fields, **wrong})
    assert is_one_sentence(str(failure.value))


def test_fields_go_there_and_back() -> None:
    held = Variants(32, 4, "buffer", 64, 16, 0)
    assert Variants.of(held.fields) == held


def test_kernels_take_what_was_measured(model_gpu: Gpu) -> None:
    tuned = replace(model_gpu, tuned=Variants(32, 2, "buffer", 16, 4, 32))
    kit = Kit(tuned)
    assert (kit.threads, kit.teams, kit.tile, kit.parts, kit.rows) == (32, 2, 16, 4, 32)
    assert choose_layout(tuned) == "buffer"
    assert Kit(model_gpu).teams == 1
