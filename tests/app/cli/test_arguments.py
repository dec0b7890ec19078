from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import arguments
from app.engine_session import ModelFiles
from gpu.checkpoints import open_checkpoint
from gpu.sampling import Sampling
from gpu.units import parse_count


@given(st.lists(st.integers(0, 10**6)))
def test_token_ids(ids: list[int]) -> None:
    assert arguments.token_ids(",".join(map(str, ids))) == tuple(ids)
    assert arguments.token_ids(", ".join(map(str, ids))) == tuple(ids)


@pytest.mark.parametrize("text", ["1;2", "1,two", "0x10", "1.5"])
def test_what_is_no_list_of_token_ids(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="list of token ids"):
        arguments.token_ids(text)


def test_quantities_are_positive() -> None:
    count = arguments.quantity(parse_count)
    assert count("32k") == 32_768
    for text in ("0", "-1", "many"):
        with pytest.raises(ArgumentTypeError):
            count(text)


def test_the_command_line_overrides_what_the_checkpoint_recommends(talker: Path) -> None:
    parser = ArgumentParser()
    arguments.add_sampling(parser)
    files = ModelFiles(open_checkpoint(talker))
    assert arguments.sampling(parser.parse_args([]), files) == Sampling(temperature=0.5, top_k=7)
    args = parser.parse_args(
        ["--temperature", "0", "--top-p", "0.9", "--min-p", "0.1", "--top-k", "3", "--seed", "8"]
    )
    assert arguments.sampling(args, files) == Sampling(0.0, 3, 0.9, 0.1, seed=8)
    args = parser.parse_args(["--repetition-penalty", "1.1", "--presence-penalty", "0.5"])
    assert arguments.sampling(args, files) == Sampling(
        temperature=0.5, top_k=7, repetition_penalty=1.1, presence_penalty=0.5
    )


def test_kernels_are_timed_unless_told_not_to() -> None:
    parser = ArgumentParser()
    arguments.add_engine(parser)
    parser.set_defaults(adapter=None)
    assert arguments.engine_options(parser.parse_args([])).tuned is not None
    assert arguments.engine_options(parser.parse_args(["--no-tune"])).tuned is None
