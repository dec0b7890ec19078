"""Times of single kernels: every dispatch once, with the bytes of the matrices it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from gpu import kernel_times as subject
from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.kernel_times import kernel_times
from gpu.model import LoadOptions, Model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS
from tests.gpu.sentences import is_one_sentence


@pytest.fixture
def model(model_gpu: Gpu, golden_checkpoint: Callable[[str], Checkpoint]) -> Model:
    loaded = Model.load(model_gpu, golden_checkpoint(SPECS[0].name), Scheme.parse("W4A8"), LoadOptions(40))
    list(loaded.feed(range(3, 20)))
    return loaded


def test_each_dispatch_is_counted_and_each_weight_read_once(model: Model) -> None:
    found = kernel_times(model)
    assert sum(each.calls for each in found) == model.dispatches_per_token
    held = model.ledger.by_purpose()
    assert sum(each.read_bytes for each in found) == held["weights"] + held["scales"]
    assert sum(each.operations for each in found) == 2 * held["weights"] * 8 // 4
    assert [each.ms for each in found] == sorted((each.ms for each in found), reverse=True)
    assert all(each.ms > 0 for each in found)
    names = Counter(each.kernel for each in found)
    assert names["embed"] == names["attention"] == 1


def test_the_cache_and_the_logits_are_what_they_were(model: Model) -> None:
    before, ids = model.last_logits().copy(), list(model.cached_ids)
    kernel_times(model)
    assert model.cached_ids == ids
    model.rewind(len(ids) - 1)
    list(model.feed(ids[-1:]))
    np.testing.assert_allclose(model.last_logits(), before, rtol=0, atol=1e-2 * np.abs(before).max())


def test_sets_of_stamps_are_limited(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_MOST_STAMPS", 10)
    assert sum(each.calls for each in kernel_times(model)) == model.dispatches_per_token


def test_an_adapter_without_timestamps_is_stated(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gpu, "has", lambda *_: False)
    with pytest.raises(RequestError) as failure:
        kernel_times(model)
    assert is_one_sentence(str(failure.value))
