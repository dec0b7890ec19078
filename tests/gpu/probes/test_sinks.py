from __future__ import annotations

import dataclasses

import numpy as np

from gpu.probes.attention_share import AttentionMass
from gpu.probes.sinks import links
from tests.gpu.probes.test_verdicts import TOKENS, at, planned


def test_a_sink_is_linked_to_the_channel_that_peaks_there() -> None:
    received = np.ones((2, 2, TOKENS), np.float32)
    received[:, :, TOKENS - 1] = 500
    attention = AttentionMass(4, TOKENS - 4, received, np.ones((2, 2), np.float32))
    spikes = {("layers.1", 9): at(1, 2000.0), ("layers.3", 11): at(3, 900.0)}
    found = planned(spikes, attention=attention)
    first, second = links(found, most=2)
    assert (first.position, first.channels) == (TOKENS - 1, (("layers.1", 9),))
    assert second.position == 0
    assert second.channels == ()
    assert links(planned(spikes)) == []
    shorter = dataclasses.replace(attention, received=received[:, :, :30])
    assert links(planned(spikes, attention=shorter)) == []  # several texts: a position is no token
