"""Models whose cache has 8 or 4 bits, against numpy with the same rounding and against themselves."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.device import Gpu
from gpu.model import LoadOptions, Model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, load_golden
from tests.gpu.qwen3.numpy_decoder import NumpyDecoder, error

PROMPTS = {spec.name: load_golden(spec).prompt_ids for spec in SPECS}
NAMES = ("tied-pairs", "five-to-one-sharded", "eight-to-one-yarn", "sliding-window", "linear-odd-width")
# A code beside a half may round the other way: one step of a block in one of all positions.
WITHIN = {8: 2e-3, 4: 2e-2}


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("name", NAMES)
def test_logits_are_those_of_the_same_rounding_in_numpy(
    model_gpu: Gpu, golden_checkpoint, name: str, bits: int
) -> None:
    checkpoint, scheme = golden_checkpoint(name), Scheme.parse(f"W16A16+kv{bits}")
    expected = NumpyDecoder(checkpoint, scheme).logits(PROMPTS[name])
    model = Model.load(model_gpu, checkpoint, scheme, LoadOptions(64))
    together = np.concatenate(list(model.all_logits(PROMPTS[name])))
    assert error(together, expected) <= WITHIN[bits]
    assert error(NumpyDecoder(checkpoint, Scheme.parse("W16A16")).logits(PROMPTS[name]), expected) > 0


@pytest.mark.parametrize("scheme", ["W16A16+kv8", "W16A16+kv4", "W4A8+kv8", "W4A8+kv4"])
def test_a_rewound_position_is_written_again(model_gpu: Gpu, golden_checkpoint, scheme: str) -> None:
    ids = PROMPTS["tied-pairs"]
    model = Model.load(model_gpu, golden_checkpoint("tied-pairs"), Scheme.parse(scheme), LoadOptions(64))
    list(model.feed(ids))
    first = model.last_logits()
    list(model.feed([1, 2, 3]))
    model.rewind(5)
    list(model.feed([9, 9]))
    model.rewind(0)
    list(model.feed(ids))
    np.testing.assert_array_equal(model.last_logits(), first)
