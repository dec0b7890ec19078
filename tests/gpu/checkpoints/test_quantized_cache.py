from __future__ import annotations

import errno
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.checkpoints import quantized_cache
from gpu.checkpoints.quantized_cache import CacheWriteError, QuantizedCache

KEY = "0123abcd W4-g32:rtn"
ARRAYS = {
    "q_proj.codes": np.arange(2000, dtype=np.uint32).reshape(20, 100),
    "q_proj.scales": np.linspace(0, 1, 60, dtype=np.float16).reshape(20, 3),
    "norm": np.ones(7, np.float32),
}
SPECS = {name: (values.dtype, values.shape) for name, values in ARRAYS.items()}


def store(cache: QuantizedCache, key: str = KEY) -> None:
    with cache.writer(key, SPECS) as writer:
        for name, values in ARRAYS.items():
            writer.write(name, values)


def assert_stored(cache: QuantizedCache, key: str = KEY) -> None:
    opened = cache.open(key)
    assert opened is not None
    assert list(opened) == list(ARRAYS)
    for name, values in ARRAYS.items():
        np.testing.assert_array_equal(opened[name], values, strict=True)


@pytest.fixture
def cache(tmp_path: Path) -> QuantizedCache:
    return QuantizedCache(tmp_path)


def test_what_is_stored_is_read_back(tmp_path: Path) -> None:
    directory = tmp_path / "made" / "when needed"
    cache = QuantizedCache(directory)
    assert cache.open(KEY) is None
    assert not directory.exists()
    store(cache)
    assert_stored(cache)
    assert len(list(directory.iterdir())) == 1


def test_keys_are_kept_apart_and_replaced(cache: QuantizedCache) -> None:
    store(cache, "a W4-g32:rtn")
    assert cache.open("a W4-g64:rtn") is None
    store(cache, "a W4-g32:rtn")
    assert_stored(cache, "a W4-g32:rtn")


def rename_from_another_key(path: Path) -> None:
    other = QuantizedCache(path.parent / "other")
    store(other, "another key")
    next((path.parent / "other").iterdir()).replace(path)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path: path.write_bytes(b""),
    "header overwritten": lambda path: path.write_bytes(b"\xff" * 20 + path.read_bytes()[20:]),
    "of another version": lambda path: path.write_bytes(
        path.read_bytes().replace(b'cache":"1"', b'cache":"0"')
    ),
    "name altered": lambda path: path.write_bytes(path.read_bytes().replace(b'"norm"', b'"form"')),
    "type altered": lambda path: path.write_bytes(path.read_bytes().replace(b'"U32"', b'"I32"')),
    "of another key": rename_from_another_key,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file_is_a_miss_and_removed(damage: str, cache: QuantizedCache, tmp_path: Path) -> None:
    store(cache)
    path = next(tmp_path.iterdir())
    DAMAGE[damage](path)
    assert cache.open(KEY) is None
    assert not path.exists()
    store(cache)
    assert_stored(cache)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pristine")
    store(QuantizedCache(directory))
    return next(directory.iterdir())


@given(st.integers(0, 1023), st.integers(0, 255), st.integers(0) | st.none())
def test_flipped_bytes_and_truncations_are_a_miss_or_harmless(
    pristine: Path, position: int, value: int, cut: int | None
) -> None:
    whole = pristine.read_bytes()
    content = bytearray(whole)
    content[position] = value
    if cut is not None:
        del content[cut % len(content) :]
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / pristine.name).write_bytes(content)
        opened = QuantizedCache(Path(directory)).open(KEY)
        if opened is not None:
            assert cut is None
            assert {name: (values.dtype, values.shape) for name, values in opened.items()} == SPECS


class InterruptedLoadError(Exception):
    pass


def store_interrupted(cache: QuantizedCache) -> None:
    with cache.writer(KEY, SPECS) as writer:
        writer.write("q_proj.codes", ARRAYS["q_proj.codes"])
        raise InterruptedLoadError


def test_exception_leaves_nothing_and_keeps_what_was_there(cache: QuantizedCache, tmp_path: Path) -> None:
    store(cache)
    with pytest.raises(InterruptedLoadError):
        store_interrupted(cache)
    assert_stored(cache)
    assert len(list(tmp_path.iterdir())) == 1


def test_forgotten_arrays_are_a_mistake_and_store_nothing(cache: QuantizedCache, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 of the announced"), cache.writer(KEY, SPECS) as writer:
        writer.write("q_proj.codes", ARRAYS["q_proj.codes"])
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from gpu.checkpoints.quantized_cache import QuantizedCache
from tests.gpu.checkpoints.test_quantized_cache import ARRAYS, KEY, SPECS
with QuantizedCache(Path(sys.argv[1])).writer(KEY, SPECS) as writer:
    writer.write("q_proj.codes", ARRAYS["q_proj.codes"])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_process_killed_while_writing_leaves_a_miss_that_the_next_writer_cleans(
    cache: QuantizedCache, tmp_path: Path
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]
    assert cache.open(KEY) is None
    store(cache)
    assert_stored(cache)
    assert [path.suffix for path in tmp_path.iterdir()] == [".safetensors"]


def test_file_of_a_live_writer_is_left_alone(cache: QuantizedCache, tmp_path: Path) -> None:
    with cache.writer("other key", SPECS) as writer:
        store(cache)
        for name, values in ARRAYS.items():
            writer.write(name, values)
    assert_stored(cache)
    assert_stored(cache, "other key")
    assert len(list(tmp_path.iterdir())) == 2


@contextmanager
def file_size_limit(limit_bytes: int) -> Iterator[None]:
    """The kernel refuses to let files grow further: the nearest thing to a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_is_stated_once_and_the_load_goes_on(cache: QuantizedCache, tmp_path: Path) -> None:
    big = {"big": np.zeros(100_000, np.float32)}
    with cache.writer(KEY, {"big": (np.float32, (100_000,)), **SPECS}) as writer:
        with (
            file_size_limit(8_192),
            pytest.raises(CacheWriteError, match="the next load quantizes again"),
        ):
            writer.write("big", big["big"])
        assert not writer.active
    assert cache.open(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_disk_that_fails_to_flush_is_stated(
    cache: QuantizedCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(quantized_cache.os, "fsync", fail)
    with pytest.raises(CacheWriteError, match="No space left on device"):
        store(cache)
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_found_before_writing(
    cache: QuantizedCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    with pytest.raises(CacheWriteError, match="8,148 bytes are needed, 1,000 are free"):
        cache.writer(KEY, SPECS)
    assert list(tmp_path.iterdir()) == []


def test_directory_that_cannot_be_made_is_stated(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = QuantizedCache(tmp_path / "file" / "below")
    assert cache.open(KEY) is None
    with pytest.raises(CacheWriteError, match="cannot be kept"):
        cache.writer(KEY, SPECS)
