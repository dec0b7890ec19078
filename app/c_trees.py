"""wgpu's C header, parsed once a machine: cffi's parser is written in Python and takes 0.1 s at every start.

The window's thread waits for Python as long, as both start at once.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from app.atomic import replacing
from gpu.errors import FormatError

_DIGEST_BYTES = 32


def keep_c_trees(folder: Path | None = None) -> None:
    """Before wgpu is read: what cffi parses is kept in a folder, by default where the system keeps what can
    be made again. A cffi that keeps its parser elsewhere goes on as ever."""
    cparser = vars(import_module("cffi.cparser"))  # wgpu brings it along, which the window starts without
    folder = folder or Path(platformdirs.user_cache_dir("quantscope", appauthor=False)) / "c"
    if "_parser_cache" in cparser and not isinstance(cparser["_parser_cache"], KeptTrees):
        cparser["_parser_cache"] = KeptTrees(folder, cparser["pycparser"])


class KeptTrees:
    """In the place of pycparser's parser. Each tree has a file, named by its text and what parsed it."""

    def __init__(self, folder: Path, pycparser: ModuleType) -> None:
        self._folder, self._pycparser = folder, pycparser
        self._maker = f"{sys.version} {pycparser.__version__}"

    def parse(self, text: str) -> Any:
        """The tree of a C text, one of its own each time.

        Raises:
            pycparser's ParseError: it is no C.
        """
        path = self._folder / hashlib.sha256(f"{self._maker}\n{text}".encode()).hexdigest()[:_DIGEST_BYTES]
        kept = _read(path)
        if kept is not None:
            return _Trees(io.BytesIO(kept), self._pycparser.__name__).load()
        tree = self._pycparser.CParser().parse(text)
        _write(path, pickle.dumps(tree, pickle.HIGHEST_PROTOCOL))
        return tree


class _Trees(pickle.Unpickler):
    """Makes the parser's own classes and nothing else."""

    def __init__(self, file: io.BytesIO, package: str) -> None:
        super().__init__(file)
        self._package = package

    def find_class(self, module: str, name: str) -> Any:
        if not module.startswith(f"{self._package}.") or "." in name:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a tree.")
        return super().find_class(module, name)


def _read(path: Path) -> bytes | None:
    """What `_write` wrote; None where there is nothing, or something else."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, kept = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    return kept if hashlib.sha256(kept).digest() == digest else None


def _write(path: Path, kept: bytes) -> None:
    try:
        with replacing(path, parents=True) as temporary:
            temporary.write_bytes(hashlib.sha256(kept).digest() + kept)
    except FormatError:
        return  # it is parsed again next time; whoever cannot write here is told so by the settings
