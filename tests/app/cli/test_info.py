from __future__ import annotations

import pytest

from gpu.device import NO_ADAPTER, list_adapters
from gpu.errors import AdapterError
from tests.app.cli.conftest import Quantscope


def test_every_adapter_is_described(quantscope: Quantscope) -> None:
    document = quantscope("info", "--json").json
    assert [adapter["name"] for adapter in document["adapters"]] == [info.name for info in list_adapters()]
    first = document["adapters"][0]
    assert first["index"] == 0
    assert first["driver"]
    assert first["total_source"]
    assert first["limits"]["max-storage-buffer-binding-size"] >= 2**27
    assert isinstance(first["features"], list)
    assert document["packages"]["wgpu"].startswith("0.32")
    assert document["python"]


def test_it_prints_what_json_holds(quantscope: Quantscope) -> None:
    printed = quantscope("info", "--adapter", "0").out
    assert f"adapter 0: {list_adapters()[0].name}" in printed
    assert "max-storage-buffer-binding-size" in printed


def test_an_unknown_adapter_is_met_with_those_there_are(quantscope: Quantscope) -> None:
    complaint = quantscope("info", "--adapter", "voodoo").complaint
    assert "No adapter matches 'voodoo'" in complaint
    assert list_adapters()[0].name in complaint


def test_without_an_adapter_it_says_what_to_install(
    quantscope: Quantscope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.info.list_adapters", list)
    result = quantscope("info")
    assert result.status == 1
    assert "wgpu" in result.out  # what is known is still told
    assert result.err == f"quantscope: {NO_ADAPTER}\n"


def test_a_device_that_is_refused_is_listed_as_such(
    quantscope: Quantscope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_adapter: str) -> None:
        raise AdapterError("The driver refused; update it.")

    monkeypatch.setattr("app.cli.info.open_gpu", refuse)
    adapter = quantscope("info", "--json").json["adapters"][0]
    assert adapter["problem"] == "The driver refused; update it."
    assert "The driver refused" in quantscope("info").out
