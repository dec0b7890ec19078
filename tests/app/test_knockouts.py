from __future__ import annotations

import numpy as np
import pytest

from app.knockouts import WHERE, overflow_told, targets_of, worth_told
from gpu.errors import RequestError
from gpu.probes.saliency import Worth
from tests.gpu.probes.test_verdicts import CHANNELS, LAYERS, QKV, planned

SPIKES = {(QKV.format(1), 7): 50.0, ("layers.2.mlp.down_proj", 3): 90.0}


def test_channels_that_stand_out_are_taken_where_they_stand_out() -> None:
    found = planned(SPIKES)
    assert targets_of(found, "inputs") == {QKV.format(1): (7,)}
    assert targets_of(found, "all-inputs") == {QKV.format(1): (7,), "layers.2.mlp.down_proj": (3,)}
    with pytest.raises(RequestError, match="No channel"):
        targets_of(found, "residual")


def test_given_channels_are_taken_in_every_layer() -> None:
    assert targets_of(planned({}), "residual", [5, 5, 1]) == {f"layers.{i}": (5, 1) for i in range(LAYERS)}
    assert set(targets_of(planned({}), "all-inputs", [CHANNELS - 1])) == {
        QKV.format(i) for i in range(LAYERS)
    }
    assert set(WHERE) == {"inputs", "all-inputs", "residual"}


def test_nothing_is_scored_where_the_model_overflows() -> None:
    broken = planned({**SPIKES, (QKV.format(2), 9): np.inf})
    assert overflow_told(planned(SPIKES)) == ""
    with pytest.raises(RequestError, match=f"not finite from '{QKV.format(2)}' on") as failure:
        targets_of(broken, "inputs")
    assert str(failure.value) == overflow_told(broken)


def test_size_is_not_worth() -> None:
    assert worth_told(None) == ""
    planted, carrying, ordinary = (worth_told(w) for w in (Worth(45, 0.95), Worth(45, 30), Worth(1, 1)))
    assert planted.startswith("Little depends")
    assert "45 times" in planted
    assert "finer" not in planted
    assert worth_told(Worth(45, 0.95), 0.64).endswith("finer.")
    assert "0.95 times" in planted
    assert carrying.startswith("The chosen channels are 45 times")
    assert "30 times as much" in carrying
    assert "Little" not in ordinary
