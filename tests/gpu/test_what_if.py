from __future__ import annotations

import numpy as np
import pytest

from gpu.damage import measure
from gpu.output_error import output_error
from gpu.sweep import Rounding
from gpu.what_if import WhatIf, consider

INT4, INT8 = Rounding.parse("int4@b32"), Rounding.parse("int8@tensor")


def spiking(tokens: int = 40, channels: int = 256) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    weights = rng.standard_normal((64, channels)).astype(np.float32)
    activations = rng.standard_normal((tokens, channels)).astype(np.float32)
    activations[:, [17, 101]] *= 100
    return weights, activations


def test_rounding_weights_alone_is_what_the_output_error_says() -> None:
    weights, activations = spiking()
    found = consider(WhatIf(INT4), weights, activations)
    assert found.output_error == pytest.approx(output_error(weights, activations, INT4).relative, rel=1e-5)
    assert found.weight_error == pytest.approx(measure(weights, "int4").totals.relative_error, rel=1e-4)
    assert (found.weight_bits, found.activation_bits, found.activation_error) == (4.5, 16, 0)


def error(what: WhatIf) -> float:
    found = consider(what, *spiking()).output_error
    assert found is not None
    return found


def test_every_remedy_helps_where_channels_spike() -> None:
    plain = error(WhatIf(None, INT8))
    for what in (
        WhatIf(None, INT8, kept_channels=2),
        WhatIf(None, INT8, smoothing=0.5),
        WhatIf(None, INT8, rotates=True),
        WhatIf(None, Rounding.parse("int8@b16")),
    ):
        assert error(what) < plain / 2


def test_unrounded_they_change_nothing() -> None:
    for what in (WhatIf(None, None, 2), WhatIf(None, None, 0, 0.5), WhatIf(None, None, rotates=True)):
        assert error(what) < 1e-5


def test_kept_channels_cost_their_bits() -> None:
    weights, activations = spiking()
    found = consider(WhatIf(INT4, INT8, kept_channels=64), weights, activations)
    assert found.weight_bits == pytest.approx(0.75 * 4.5 + 0.25 * 16)


def test_weights_can_be_looked_at_alone() -> None:
    weights, _ = spiking()
    found = consider(WhatIf(INT4, kept_channels=8), weights)
    assert found.output_error is None
    assert found.weight_error < measure(weights, "int4").totals.relative_error
