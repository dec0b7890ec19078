from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest
import wgpu

from app.__main__ import main
from app.cli import COMMANDS
from gpu.errors import RequestError
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
EVERY_KIND = [
    (RequestError("Say more.\nPlease."), "Say more. Please."),
    (OSError(28, "No space left on device", "/big/file"), "/big/file: No space left on device."),
    (MemoryError(), "ran out of memory"),
    (wgpu.GPUOutOfMemoryError("no heap"), "adapter ran out of memory"),
    (wgpu.GPUValidationError("Binding 3 is wrong\nmore"), "Binding 3 is wrong."),
    (KeyError("x"), "A fault in Quantscope itself (KeyError"),
]


def start(*argv: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", *argv],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def failing_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_args: object) -> int:
        raise error

    monkeypatch.setattr("app.cli.budget.run", fail)


def test_every_command_is_a_module_with_the_two_functions() -> None:
    for name in COMMANDS:
        module = importlib.import_module(f"app.cli.{name}")
        assert module.__doc__.startswith(f"`quantscope {name}`")
        module.add_arguments(ArgumentParser())
        assert callable(module.run)


@pytest.mark.parametrize(("error", "sentence"), EVERY_KIND)
def test_every_failure_is_one_line_and_status_1(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing_with(error, monkeypatch)
    assert main(["budget"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("quantscope: ")
    assert err.count("\n") == 1
    assert sentence in err


def test_the_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(KeyError("x"), monkeypatch)
    monkeypatch.setenv("QUANTSCOPE_TRACEBACK", "1")
    with pytest.raises(KeyError):
        main(["budget"])


def test_ctrl_c_is_status_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing_with(KeyboardInterrupt(), monkeypatch)
    assert main(["budget"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_ctrl_c_while_the_command_is_read_is_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_argv: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.__main__.build_parser", interrupted)
    assert main(["budget"]) == 130


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["generate"],
        ["generate", "demo"],
        ["generate", "demo", "--token-ids", "1,x"],
        ["generate", "demo", "--prompt", "a", "--token-ids", "1"],
        ["generate", "demo", "--prompt", "a", "--temperature", "hot"],
        ["logits", "demo", "--token-ids", "1"],
        ["--adapter", "0", "info"],
    ],
)
def test_wrong_usage_is_status_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: quantscope")


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["--help"], ["--version"], ["spikes", "--help"]):
        with pytest.raises(SystemExit) as stopped:
            main(argv)
        assert stopped.value.code == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)
    assert "F.npz" in out


def test_without_a_display_the_window_names_the_terminal() -> None:
    process = start()
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert "quantscope chat demo" in err


def test_the_window_gets_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    window = importlib.import_module("app.start")
    seen = []
    monkeypatch.setattr("app.__main__.display_problem", lambda: None)
    monkeypatch.setattr(window, "run", lambda options: seen.append(options) or 0)
    assert main(["--model", "demo", "--scheme", "W8A8"]) == 0
    assert main([]) == 0
    assert seen == [window.GuiOptions("demo", None, "W8A8"), window.GuiOptions()]


def test_a_stated_failure_of_the_program_as_it_is_run() -> None:
    process = start("generate", "/no/such/model", "--prompt", "Why?")
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert err.startswith("quantscope: There is no model '/no/such/model'")


def test_a_reader_that_leaves_is_met_with_silence() -> None:
    """As in `quantscope budget qwen3-8b | true`."""
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(
        [sys.executable, "-m", "app", "budget", "qwen3-8b"],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(writer)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (1, "")


def test_ctrl_c_ends_a_running_program(tmp_path: Path) -> None:
    """It waits for its input, so that the signal surely comes while it runs."""
    fifo = tmp_path / "text"
    os.mkfifo(fifo)
    process = start("spikes", "demo", "--text-file", str(fifo), "--out", str(tmp_path / "out.npz"))
    with fifo.open("w"):  # returns once the program has opened its end
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err.strip()) == (130, "", "")
    assert list(tmp_path.iterdir()) == [fifo]
