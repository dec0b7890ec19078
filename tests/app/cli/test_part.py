from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

import numpy as np
import pytest

from app.cli.part import add_arguments, parted, token_range
from app.engine_session import ModelFiles
from app.text import TextCodec
from gpu.errors import RequestError
from tests.app.cli.conftest import Quantscope
from tests.gpu.sentences import is_one_sentence

TEXT = "Why?\n<think>\nOutliers are few.\n</think>\n\nBecause they are large."


@pytest.fixture(scope="module")
def codec(talker: Path) -> TextCodec:
    return ModelFiles.open(talker).codec


def options(*argv: str) -> Namespace:
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(argv)


def test_thinking_and_answer_make_up_the_text(codec: TextCodec) -> None:
    ids = tuple(codec.encode(TEXT))
    before, thinking = parted(options("--part", "thinking"), codec, ids)
    until, answer = parted(options("--part", "answer"), codec, ids)
    assert (*before, *thinking, *answer) == ids
    assert tuple(until) == (*before, *thinking)
    said = [codec.decode(part, skip_special_tokens=False) for part in (before, thinking, answer)]
    assert said[0].startswith("Why?")
    assert said[1].strip().startswith("<think>")
    assert said[1].rstrip().endswith("</think>")
    assert said[2].strip() == "Because they are large."


def test_a_range_counts_from_the_first_token() -> None:
    ids = tuple(range(9))
    assert parted(options("--range", "2:5"), None, ids) == ((0, 1), (2, 3, 4))
    assert parted(options("--range", "7:"), None, ids) == (ids[:7], (7, 8))
    assert parted(options(), None, ids) == ((), ids)


@pytest.mark.parametrize(
    ("argv", "text", "said"),
    [
        (("--range", "90:"), TEXT, "tokens; --range"),
        (("--range", "2:90000"), TEXT, "tokens; --range"),
        (("--part", "answer"), "No thoughts.", "no <think> tag"),
        (("--part", "thinking"), "<think>\nOn and on", "No answer follows"),
        (("--part", "answer"), "<think>\nDone\n</think>", "No answer follows"),
    ],
)
def test_a_part_that_is_not_there_is_refused(
    codec: TextCodec, argv: tuple[str, str], text: str, said: str
) -> None:
    with pytest.raises(RequestError, match=said) as failure:
        parted(options(*argv), codec, tuple(codec.encode(text)))
    assert is_one_sentence(str(failure.value))


@pytest.mark.parametrize("text", ["5", "5:5", "6:5", "a:b", "-1:4", ":0"])
def test_a_range_is_two_numbers(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        token_range(text)


def test_the_parts_of_a_text_have_the_statistics_of_the_whole(
    quantscope: Quantscope, talker: Path, codec: TextCodec, tmp_path: Path
) -> None:
    """A part is read after what comes before it, as the whole text is."""
    count, told, found = len(codec.encode(TEXT)), {}, {}
    parts = {
        "whole": (),
        "head": ("--range", ":9"),
        "tail": ("--range", "9:"),
        "answer": ("--part", "answer"),
    }
    for name, extra in parts.items():
        out = tmp_path / f"{name}.npz"
        arguments = ("--text", TEXT, *extra, "--scheme", "W16A16", "--out", out, "--json")
        told[name] = quantscope("spikes", talker, *arguments).json
        with np.load(out) as stored:
            found[name] = dict(stored)
    assert (told["tail"]["tokens_before"], told["tail"]["tokens"]) == (9, count - 9)
    assert 0 < told["answer"]["tokens"] == count - told["answer"]["tokens_before"]
    for name, whole in found["whole"].items():
        head, tail = found["head"][name], found["tail"][name]
        if name.endswith("absmax"):
            np.testing.assert_allclose(np.maximum(head, tail), whole, rtol=1e-4, atol=1e-6, err_msg=name)
        elif name.endswith("mean_abs"):
            joined = (9 * head + (count - 9) * tail) / count
            np.testing.assert_allclose(joined, whole, rtol=1e-4, atol=1e-6, err_msg=name)
