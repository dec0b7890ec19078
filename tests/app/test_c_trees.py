"""Trees that were kept are those that would be parsed; anything else in their place is parsed anew."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pycparser
import pytest

from app.c_trees import KeptTrees

TEXT = (
    "typedef struct { int x[4]; void (*call)(const char *, ...); } A; enum B { C = 1 << 2, D }; A *f(enum B);"
)
COUNTED = """
import sys
from pathlib import Path
from app.c_trees import keep_c_trees
keep_c_trees(Path(sys.argv[1]))
from cffi.cparser import pycparser
parsed, parse = [], pycparser.CParser.parse
pycparser.CParser.parse = lambda self, text, *rest: parsed.append(text) or parse(self, text, *rest)
from gpu.device import open_gpu
from gpu.kit import Kit
Kit(open_gpu())
print(len(parsed), max(map(len, parsed), default=0) > 50_000)
"""


class NeverAgain:
    """A parser that must not be asked."""

    __name__, __version__ = pycparser.__name__, pycparser.__version__

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


def drawn(tree: Any) -> str:
    """A tree with everything in it, places included."""
    text = StringIO()
    tree.show(text, attrnames=True, nodenames=True, showcoord=True)
    return text.getvalue()


def kept(folder: Path) -> Path:
    """The one file of a folder, written by a first look."""
    KeptTrees(folder, pycparser).parse(TEXT)
    (path,) = folder.iterdir()
    return path


def test_a_kept_tree_is_the_parsed_one(tmp_path: Path) -> None:
    kept(tmp_path)
    again = KeptTrees(tmp_path, NeverAgain()).parse(TEXT)
    assert drawn(again) == drawn(pycparser.CParser().parse(TEXT))


def test_another_text_has_another_tree(tmp_path: Path) -> None:
    kept(tmp_path)
    assert "E" in drawn(KeptTrees(tmp_path, pycparser).parse(TEXT.replace("D", "E")))


@pytest.mark.parametrize("harm", [b"", b"shorter than a digest", b"?" * 5000])
def test_a_broken_file_is_parsed_and_kept_again(tmp_path: Path, harm: bytes) -> None:
    path = kept(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(harm)
    assert "A" in drawn(KeptTrees(tmp_path, pycparser).parse(TEXT))
    assert path.read_bytes() == whole


def test_a_file_makes_nothing_but_trees(tmp_path: Path) -> None:
    path = kept(tmp_path)
    evil = pickle.dumps(os.getcwd)
    path.write_bytes(hashlib.sha256(evil).digest() + evil)
    with pytest.raises(pickle.UnpicklingError, match="no part of a tree"):
        KeptTrees(tmp_path, pycparser).parse(TEXT)


def test_where_nothing_can_be_kept_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "A" in drawn(KeptTrees(tmp_path / "file" / "folder", pycparser).parse(TEXT))


def test_the_second_start_parses_no_header(tmp_path: Path) -> None:
    counts = [
        subprocess.run(
            [sys.executable, "-c", COUNTED, str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert counts[0].endswith("True\n")
    assert counts[1] == "0 False\n"
