from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from gpu.calculator.estimate import estimate
from gpu.calculator.fitting import stretch
from gpu.calculator.header_subject import (
    CACHE_UNKNOWN,
    PACKED,
    QUANTIZED,
    subject_of_gguf,
    subject_of_settings,
    subject_of_tensors,
)
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.series import over_batch
from gpu.checkpoints.gguf_header import parse_gguf_header
from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import FormatError, QuantscopeError
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, config_fields
from tests.gpu.checkpoints.gguf_files import QWEN3, TENSORS, gguf
from tests.gpu.sentences import is_one_sentence

W16, W4A8 = Scheme.parse("W16A16+kv16"), Scheme.parse("W4A8")
LLAMA = [
    TensorInfo("model.embed_tokens.weight", (1000, 64), "BF16", 128_000),
    *(
        TensorInfo(f"model.layers.{i}.self_attn.{part}_proj.weight", (rows, 64), "BF16", rows * 128)
        for i in range(3)
        for part, rows in (("q", 64), ("k", 16), ("v", 16), ("o", 64))
    ),
    *(TensorInfo(f"model.layers.{i}.input_layernorm.weight", (64,), "F32", 256) for i in range(3)),
    TensorInfo("lm_head.weight", (1000, 64), "BF16", 128_000),
]


def header(metadata: dict[str, Any]) -> Any:
    return parse_gguf_header(io.BytesIO(gguf(metadata, TENSORS)), Path("x.gguf"))


def test_an_unknown_architecture_is_what_its_tensors_say() -> None:
    subject = subject_of_tensors("m", LLAMA, "m", "headers", {"max_position_embeddings": 4096})
    assert subject.config is None
    assert subject.shape.parameters == sum(t.size_bytes for t in LLAMA[:13]) // 2 + 3 * 64 + 64_000
    assert (subject.shape.layers, subject.shape.max_context_tokens) == (3, 4096)
    found = estimate(CalculatorInputs(subject, W16, 100))
    assert found.kv_bytes_per_token == 2 * 3 * 16 * 2
    assert found.weights_bytes == sum(t.size_bytes for t in LLAMA if len(t.shape) == 2)
    assert found.refusal is not None
    assert is_one_sentence(found.refusal)
    assert all(is_one_sentence(note) for note in found.notes)
    roles = {matrix.name: matrix.role for matrix in subject.shape.matrices}
    assert (roles["model.embed_tokens"], roles["lm_head"]) == ("lookup", "head")


def test_without_keys_the_cache_is_said_to_be_unknown() -> None:
    fused = [TensorInfo("h.0.attn.c_attn.weight", (64, 192), "F16", 24_576)]
    subject = subject_of_tensors("m", fused, "m", "headers", {})
    assert CACHE_UNKNOWN in subject.unknown
    wish = CalculatorInputs(subject, W4A8)
    assert estimate(wish).kv_cache_bytes == 0
    assert over_batch(wish).crossing is None
    assert stretch(wish, "batch", 10**9).batch >= 1


def test_packed_tensors_are_said_to_be() -> None:
    packed = [TensorInfo("layers.0.mlp.qweight", (64, 8), "I32", 2048)]
    assert PACKED in subject_of_tensors("m", packed, "m", "headers", {}).unknown


def test_a_qwen3_keeps_the_types_of_its_tensors() -> None:
    fields = config_fields(SPECS[1])
    tensors = [TensorInfo("model.norm.weight", (64,), "F32", 256)]
    subject = subject_of_settings("m", fields, "config.json", tensors, "config.json")
    assert subject.config is not None
    assert (subject.dtype_of("model.norm.weight"), subject.dtype_of("other"), subject.stored_bytes) == (
        "f32",
        "bf16",
        256,
    )
    quantized = {**fields, "quantization_config": {"quant_method": "awq"}}
    assert subject_of_settings("m", quantized, "config.json", [], "config.json").unknown == (QUANTIZED,)


def test_a_gguf_of_qwen3_is_a_qwen3() -> None:
    subject = subject_of_gguf("m.gguf", header(QWEN3), "m.gguf")
    assert subject.config is not None
    assert (subject.config.hidden_size, subject.config.head_dim, subject.config.vocab_size) == (64, 32, 300)
    assert subject.config.tie_word_embeddings
    assert subject.stored_bytes == sum(t.size_bytes for t in header(QWEN3).tensors)


def test_a_gguf_of_another_architecture_is_its_tensors() -> None:
    subject = subject_of_gguf("m.gguf", header({"general.architecture": "llama"}), "m.gguf")
    assert subject.config is None
    assert (subject.shape.layers, subject.shape.kv_heads * subject.shape.head_dim) == (2, 64)


@pytest.mark.parametrize(
    "broken",
    [
        {"head_dim": None, "model_type": "qwen3_moe", "num_experts": 4},
        {"num_key_value_heads": "x"},
        {"num_hidden_layers": -3},
        {"hidden_size": 0},
        {"vocab_size": 10**18},
    ],
)
def test_a_broken_configuration_is_one_sentence(broken: dict[str, Any]) -> None:
    fields = {**config_fields(SPECS[0]), **broken}
    with pytest.raises(QuantscopeError) as failure:
        subject_of_settings("m", fields, "config.json", [], "config.json")
    assert is_one_sentence(str(failure.value))


def test_missing_grouped_query_fields_are_one_sentence() -> None:
    fields = config_fields(SPECS[0])
    del fields["num_key_value_heads"]
    with pytest.raises(QuantscopeError, match="num_key_value_heads is missing"):
        subject_of_settings("m", fields, "config.json", [], "config.json")


def test_an_unknown_architecture_without_tensors_is_refused() -> None:
    with pytest.raises(FormatError) as failure:
        subject_of_settings("m", {"model_type": "llama"}, "config.json", [], "config.json")
    assert is_one_sentence(str(failure.value))
