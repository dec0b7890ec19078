"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "gpu", "views")
LONGEST_FILE_LINES = 300
UNTESTED_VIEWS = {"__init__", "theme"}  # what every widget's test goes through; frames are plain data


def files(folders: tuple[str, ...], *patterns: str) -> list[Path]:
    """Matching files below the folders, relative to the repository, in a stable order."""
    found = (path for folder in folders for pattern in patterns for path in (ROOT / folder).rglob(pattern))
    return sorted(path.relative_to(ROOT) for path in found)


def missing(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths if not (ROOT / path).is_file()]


def test_no_file_is_long() -> None:
    lengths = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path in files((*ROOMS, "assets", "tests"), "*.py", "*.wgsl")
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE_LINES} == {}


def test_every_kernel_has_its_python_side_and_its_test() -> None:
    names = [path.stem for path in (ROOT / "gpu" / "kernels").glob("*.wgsl")]
    assert names
    sides = [Path("gpu/kernels", f"{name}.py") for name in names]
    tests = [Path("tests/gpu/kernels", f"test_{name}.py") for name in names]
    assert missing(sides + tests) == []


def test_every_view_has_its_test() -> None:
    views = [
        path
        for path in files(("views",), "*.py")
        if path.stem not in UNTESTED_VIEWS and path.parent.name != "frames"
    ]
    assert views
    assert missing([Path("tests", path.parent, f"test_{path.name}") for path in views]) == []


def test_shaders_live_in_the_engine_only() -> None:
    assert files(("app", "views", "assets"), "*.wgsl") == []


def test_assets_hold_no_code() -> None:
    code = [path for path in files(("assets",), "*.py") if (ROOT / path).read_text().strip()]
    assert code == []  # an empty __init__.py lets importlib.resources find the data


def test_every_folder_of_tests_is_a_package() -> None:
    """Otherwise two tests of one name, in two folders, are one module."""
    folders = {path.parent for path in files(("tests",), "*.py")}
    assert missing(sorted(folder / "__init__.py" for folder in folders)) == []


def test_input_is_never_checked_by_assert() -> None:
    """`python -O` drops assertions, and their message is for nobody."""
    asserting = [
        f"{path}:{node.lineno}"
        for path in files(ROOMS, "*.py")
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert asserting == []


@pytest.mark.parametrize("package", ["gpu", "app.cli", "app.__main__"])
def test_it_runs_without_qt(package: str) -> None:
    """Imports every module of the package, in a process that has imported nothing else."""
    code = (
        "import importlib, pkgutil, sys\n"
        f"package = importlib.import_module({package!r})\n"
        "for module in pkgutil.walk_packages(getattr(package, '__path__', []), package.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        "print(*(name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph', 'views'))))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.stdout.strip(), result.returncode) == ("", 0), result.stderr
