from __future__ import annotations

import json
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

from gpu.checkpoints.hub import HubModel, is_hub_name
from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import Cancelled, FormatError, RequestError
from tests.gpu.checkpoints.fake_hub import FakeHub, offline, safetensors
from tests.gpu.checkpoints.gguf_files import QWEN3, TENSORS, gguf
from tests.gpu.sentences import is_one_sentence

ONE = safetensors({"a.weight": ("BF16", [300, 1000], 600_000)})
TWO = safetensors({"b.weight": ("F32", [7], 28)})
INDEX = json.dumps({"weight_map": {"a.weight": "one.safetensors", "b.weight": "two.safetensors"}}).encode()


def test_headers_come_without_weights() -> None:
    hub = FakeHub({"me/m/config.json": b'{"model_type": "x"}', "me/m/model.safetensors": ONE})
    model = HubModel("me/m", hub)
    assert model.settings() == {"model_type": "x"}
    assert model.tensors() == (TensorInfo("a.weight", (300, 1000), "BF16", 600_000),)
    assert hub.asked[-1] == ("model.safetensors", "bytes=0-131071")


def test_shards_are_all_asked() -> None:
    files = {"model.safetensors.index.json": INDEX, "one.safetensors": ONE, "two.safetensors": TWO}
    model = HubModel("me/m", FakeHub({f"me/m/{name}": data for name, data in files.items()}))
    assert [tensor.name for tensor in model.tensors()] == ["a.weight", "b.weight"]


@pytest.mark.parametrize("ignores_ranges", [False, True])
def test_a_header_longer_than_the_first_range_is_read_on(ignores_ranges: bool) -> None:
    many = safetensors({f"layers.{i}.weight": ("F16", [1], 2) for i in range(3000)})
    hub = FakeHub({"me/m/model.safetensors": many}, ignores_ranges)
    if ignores_ranges:
        with pytest.raises(FormatError):
            HubModel("me/m", hub).tensors()
    else:
        assert len(HubModel("me/m", hub).tensors()) == 3000


def test_a_gguf_header_is_read_in_chunks() -> None:
    long = {**QWEN3, "tokenizer.ggml.tokens": ["x" * 1000] * 3000}
    hub = FakeHub({"me/m/q.gguf": gguf(long, TENSORS) + bytes(10)})
    assert len(HubModel("me/m", hub).gguf("q.gguf").tensors) == len(TENSORS)
    assert len(hub.asked) == 3


def test_offline_is_one_sentence() -> None:
    with pytest.raises(RequestError) as failure:
        HubModel("me/m", offline).settings()
    assert is_one_sentence(str(failure.value))
    assert "cannot be reached" in str(failure.value)


@pytest.mark.parametrize(
    ("status", "mention"), [(401, "no public model"), (404, "no public model"), (503, "503")]
)
def test_refusals_are_one_sentence(status: int, mention: str) -> None:
    def refuse(request: urllib.request.Request) -> Any:
        raise urllib.error.HTTPError(request.full_url, status, "no", Message(), None)

    with pytest.raises(RequestError) as failure:
        HubModel("me/m", refuse).settings()
    assert mention in str(failure.value)
    assert is_one_sentence(str(failure.value))


@pytest.mark.parametrize(
    "files",
    [
        {"model.safetensors": b"<html>not found</html>"},
        {"model.safetensors": b""},
        {"model.safetensors.index.json": b'{"weight_map": {"a": "../../etc/passwd"}}'},
        {"model.safetensors.index.json": b'{"weight_map": 3}'},
        {"model.safetensors.index.json": b"[]"},
    ],
)
def test_broken_files_are_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(FormatError) as failure:
        HubModel("me/m", FakeHub({f"me/m/{name}": data for name, data in files.items()})).tensors()
    assert is_one_sentence(str(failure.value))


def test_a_cancel_stops_before_the_next_request() -> None:
    with pytest.raises(Cancelled):
        HubModel("me/m", FakeHub({}), cancel=lambda: True).settings()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Qwen/Qwen3-8B", True),
        ("owner/model/file-Q4_K_M.gguf", True),
        ("qwen3-8b", False),
        ("/absolute/path", False),
        ("a/b/c", False),
        ("../up", False),
        ("a/../b.gguf", False),
    ],
)
def test_names_of_the_hub(name: str, is_one: bool) -> None:
    assert is_hub_name(name) == is_one


def test_a_name_the_hub_cannot_have_is_refused() -> None:
    with pytest.raises(RequestError, match="no name of a model"):
        HubModel("a/b?c=d", offline)
