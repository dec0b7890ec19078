from __future__ import annotations

import numpy as np
import pytest

from app.measuring import (
    REMEDIES,
    Look,
    Mapped,
    Options,
    Output,
    Radius,
    candidates,
    measure_all,
    spiking_channels,
)
from gpu.damage_stream import ArrayRows
from gpu.errors import Cancelled
from gpu.sweep import Rounding


def matrix(rows: int = 24) -> np.ndarray:
    x = np.random.default_rng(7).standard_normal((rows, 128)).astype(np.float32)
    x[:, 77] *= 60
    return x


def look(**changes: object) -> Look:
    known = {"number": 4, "source": ArrayRows(matrix()), "rounding": Rounding.parse("int4@b32"), **changes}
    return Look(**known)  # type: ignore[arg-type]


def letters_of(wanted: Look) -> list[object]:
    posted: list[object] = []
    measure_all(wanted, posted.append, lambda: False)
    return posted


def test_the_map_comes_first_and_the_rest_follows() -> None:
    posted = letters_of(look())
    assert [type(letter) for letter in posted] == [Mapped, Radius, Options]
    assert {letter.number for letter in posted} == {4}  # type: ignore[attr-defined]


def test_with_activations_the_output_is_weighed() -> None:
    posted = letters_of(look(activations=matrix(9)))
    assert [type(letter) for letter in posted] == [Mapped, Output, Radius, Options]
    output, options = posted[1], posted[3]
    assert isinstance(output, Output)
    assert isinstance(options, Options)
    assert output.spiking.tolist() == [77]
    assert output.salient.argmax() == 77
    assert all(tried.outcome.output_error is not None for tried in options.tried)


def test_a_known_map_is_not_measured_again() -> None:
    (mapped, *_) = letters_of(look())
    assert isinstance(mapped, Mapped)
    again = letters_of(look(known=mapped.blocks))[0]
    assert isinstance(again, Mapped)
    assert again.blocks is mapped.blocks


def test_remedies_are_put_in_and_taken_out() -> None:
    tried = {named.key: (named, what) for named, what in candidates(look(remedies=frozenset({"rotate"})))}
    assert {f"do:{key}" for key in REMEDIES} - set(tried) == {"do:smooth"}  # nothing to smooth with
    assert tried["do:rotate"][0].on
    assert not tried["do:rotate"][1].rotates
    assert tried["do:keep"][1].rotates
    assert tried["do:keep"][1].kept_channels == 4
    fixed = [named.key for named, _ in candidates(look(rounding=Rounding.parse("q4_k")))]
    assert "at:q4_k@b16" not in fixed


def test_it_gives_way() -> None:
    with pytest.raises(Cancelled):
        measure_all(look(), lambda _letter: None, lambda: True)


def test_channels_that_stand_out() -> None:
    assert spiking_channels(matrix()).tolist() == [77]
    assert spiking_channels(np.ones((3, 8), np.float32)).size == 0
