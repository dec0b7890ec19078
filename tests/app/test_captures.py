from __future__ import annotations

from pathlib import Path

import pytest

from app.atomic import replacing
from app.captures import origin_of, token_texts
from app.engine_session import ModelFiles
from gpu.errors import FormatError
from gpu.probes.capture_file import load_capture, save_capture
from gpu.scheme import Scheme
from tests.gpu.probes.test_capture_file import example


def test_a_capture_says_where_it_comes_from() -> None:
    files = ModelFiles.open("demo")
    origin = origin_of(files, Scheme.parse("W4A8"))
    assert (origin.model, origin.scheme) == ("demo", "W4A8")
    assert origin.fingerprint == files.checkpoint.fingerprint
    assert origin.program
    ids = files.codec.encode("What is a scale?")
    assert "".join(token_texts(files, ids)) == "What is a scale?"


def test_a_file_replaces_another_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    with replacing(path) as temporary:
        save_capture(example(), temporary)
    assert load_capture(path).tokens == 9
    with (
        pytest.raises(FormatError, match="cannot be written"),
        replacing(tmp_path / "nowhere" / "c.safetensors") as temporary,
    ):
        save_capture(example(), temporary)
