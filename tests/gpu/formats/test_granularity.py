from __future__ import annotations

import pytest

from gpu.errors import SchemeError
from gpu.formats.granularity import Granularity


@pytest.mark.parametrize("name", ["b1", "b16", "b32", "b4096", "token", "channel", "tensor"])
def test_names_read_back(name: str) -> None:
    assert str(Granularity.parse(name)) == name


@pytest.mark.parametrize("name", ["", "b", "b0", "b-1", "b1.5", "b²", "32", "Token", "b99999999999", "block"])
def test_strangers_are_refused(name: str) -> None:
    with pytest.raises(SchemeError, match="granularity"):
        Granularity.parse(name)


@pytest.mark.parametrize("name", ["b4", "b8", "b16", "b32", "b64", "b96", "b256", "token", "tensor"])
def test_activations_take_what_fits_blocks_of_32(name: str) -> None:
    assert Granularity.of_activations(name) == Granularity.parse(name)


@pytest.mark.parametrize("name", ["b1", "b2", "b12", "b33", "b48", "channel"])
def test_activations_refuse_what_does_not_fit(name: str) -> None:
    with pytest.raises(SchemeError, match="activations"):
        Granularity.of_activations(name)
