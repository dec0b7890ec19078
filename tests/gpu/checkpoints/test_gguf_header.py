from __future__ import annotations

import io
from pathlib import Path

import pytest

from gpu.checkpoints.gguf_header import parse_gguf_header, read_gguf_header
from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import FormatError
from tests.gpu.checkpoints.gguf_files import Q4_K, QWEN3, TENSORS, gguf
from tests.gpu.sentences import is_one_sentence

WHOLE = gguf(QWEN3, TENSORS)


def test_metadata_and_tensors_without_their_data(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(WHOLE + b"data")
    header = read_gguf_header(file)
    assert header.metadata["general.architecture"] == "qwen3"
    assert header.metadata["qwen3.block_count"] == 2
    assert header.tensors[0] == TensorInfo("token_embd.weight", (300, 64), "Q8_0", 300 * 2 * 34)
    assert header.tensors[1].size_bytes == 64 * 4
    assert len(header.tensors) == len(TENSORS)


def test_vocabularies_are_read_past() -> None:
    kept = parse_gguf_header(io.BytesIO(WHOLE), Path("x")).metadata
    assert "tokenizer.ggml.tokens" not in kept
    short = parse_gguf_header(io.BytesIO(gguf({"a": ["x", "y"]}, [])), Path("x")).metadata
    assert short == {"a": ["x", "y"]}


def test_k_quants_count_blocks_of_256() -> None:
    header = parse_gguf_header(io.BytesIO(gguf({}, [("w", (3, 512), Q4_K)])), Path("x"))
    assert header.tensors == (TensorInfo("w", (3, 512), "Q4_K", 3 * 2 * 144),)


@pytest.mark.parametrize("length", range(0, len(WHOLE), 41))
def test_a_file_that_ends_early_is_refused(length: int) -> None:
    with pytest.raises(FormatError) as failure:
        parse_gguf_header(io.BytesIO(WHOLE[:length]), Path("x.gguf"))
    assert is_one_sentence(str(failure.value))


@pytest.mark.parametrize(
    ("data", "mention"),
    [
        (b"GGML" + WHOLE[4:], "no GGUF file"),
        (gguf({}, [], version=1), "version 1"),
        (gguf({}, [("w", (32,), 77)]), "unknown type 77"),
        (WHOLE[:8] + b"\xff" * 16, "it is damaged"),
        (gguf({"a": 1}, []).replace(b"a\x04\x00", b"a\x63\x00"), "unknown type 99"),
    ],
)
def test_what_is_no_gguf_is_refused(data: bytes, mention: str) -> None:
    with pytest.raises(FormatError) as failure:
        parse_gguf_header(io.BytesIO(data), Path("x.gguf"))
    assert mention in str(failure.value)
    assert is_one_sentence(str(failure.value))
