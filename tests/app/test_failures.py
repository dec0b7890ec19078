from __future__ import annotations

import pytest
import wgpu

from app.failures import load_failure, sentence_of
from app.messages import ModelWish
from gpu.errors import Cancelled, FormatError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FormatError("a/b.safetensors", "is cut off.", 7), "a/b.safetensors at byte 7: is cut off."),
        (MemoryError(), "ran out of memory"),
        (FileNotFoundError(2, "No such file or directory", "x.json"), "x.json: No such file or directory."),
        (OSError("the disk is gone"), "the disk is gone."),
        (wgpu.GPUOutOfMemoryError("no room\nmore"), "The adapter ran out of memory"),
        (wgpu.GPUValidationError("bad bind group\n  caused by"), "reported an error: bad bind group."),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (KeyError(), "KeyError: no details"),
    ],
)
def test_every_failure_is_one_line(error: Exception, said: str) -> None:
    sentence = sentence_of(error)
    assert said in sentence
    assert "\n" not in sentence


def test_a_cancelled_load_is_no_failure_to_report() -> None:
    wish = ModelWish("demo")
    assert load_failure(Cancelled(), wish).kind == "cancelled"
    failed = load_failure(MemoryError(), wish)
    assert (failed.kind, failed.wish) == ("load", wish)
