from __future__ import annotations

from dataclasses import replace

import pytest

from app.presenters.sampling import sampling_frame, sampling_of
from gpu.errors import RequestError
from gpu.sampling import Sampling


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.1, 2, 0.3, 0.4, 1.5, 0.6, 7)])
def test_a_frame_and_back_is_the_same_sampling(sampling: Sampling) -> None:
    assert sampling_of(sampling_frame(sampling, 12)) == sampling
    assert sampling_frame(sampling, 12).max_tokens == 12


def test_a_value_out_of_range_is_refused() -> None:
    with pytest.raises(RequestError, match="top_p"):
        sampling_of(replace(sampling_frame(Sampling()), top_p=2.0))
