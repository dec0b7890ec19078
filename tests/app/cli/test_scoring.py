from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from app.cli import scoring
from app.library import demo_directory
from gpu.errors import RequestError


@pytest.fixture
def parser() -> ArgumentParser:
    result = ArgumentParser()
    result.add_argument("model")
    scoring.add_text_file(result)
    scoring.add_window(result, 64)
    return result


def test_the_demo_is_scored_on_its_held_out_text(parser: ArgumentParser) -> None:
    args = parser.parse_args(["demo"])
    assert scoring.text_file(args) == demo_directory() / "heldout.txt"
    assert args.window == 64


def test_a_text_that_is_given_comes_first(parser: ArgumentParser) -> None:
    args = parser.parse_args(["demo", "--text-file", "mine.txt", "--window", "2k"])
    assert scoring.text_file(args) == Path("mine.txt")
    assert args.window == 2048


def test_another_model_needs_a_text(parser: ArgumentParser) -> None:
    with pytest.raises(RequestError, match="--text-file"):
        scoring.text_file(parser.parse_args(["/models/mine"]))
