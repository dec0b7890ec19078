from __future__ import annotations

import pytest

from app.engine import GpuEngine
from app.tasks.tensors import Captured, CaptureWish, TensorsFound, capture_site, find_tensors, site_of
from gpu.errors import RequestError

SITE = "layers.1.mlp.down_proj"


@pytest.mark.parametrize(
    ("tensor", "site"),
    [
        ("model.layers.3.self_attn.k_proj.weight", "layers.3.self_attn.qkv_proj"),
        ("model.layers.12.mlp.up_proj.weight", "layers.12.mlp.gate_up_proj"),
        ("model.layers.0.mlp.down_proj.weight", "layers.0.mlp.down_proj"),
        ("model.layers.0.self_attn.o_proj.weight", "layers.0.self_attn.o_proj"),
        ("lm_head.weight", "lm_head"),
        ("model.embed_tokens.weight", ""),
        ("model.layers.0.self_attn.q_norm.weight", ""),
    ],
)
def test_every_tensor_reads_a_site(tensor: str, site: str) -> None:
    assert site_of(tensor) == site


def test_the_open_models_tensors(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    engine.perform(find_tensors, lambda: False)
    (found,) = letters
    assert isinstance(found, TensorsFound)
    assert "model.layers.1.mlp.down_proj.weight" in found.checkpoint.names()


def test_every_tokens_values_are_captured(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    wish = CaptureWish(SITE, "What is quantization? It stores numbers in fewer bits.", 7)
    engine.perform(lambda desk, cancel: capture_site(desk, cancel, wish), lambda: False)
    (found,) = [letter for letter in letters if isinstance(letter, Captured)]
    assert found.site == SITE
    assert found.values.shape[0] == 7
    assert found.values.std() > 0


@pytest.mark.parametrize("wish", [CaptureWish("layers.99.mlp.down_proj", "text"), CaptureWish(SITE, "")])
def test_what_cannot_be_captured_is_said(engine: GpuEngine, wish: CaptureWish) -> None:
    with pytest.raises(RequestError):
        engine.perform(lambda desk, cancel: capture_site(desk, cancel, wish), lambda: False)
