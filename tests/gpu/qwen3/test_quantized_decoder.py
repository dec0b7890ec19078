"""Schemes that round, against numpy doing the same arithmetic.

One activation that rounds the other way moves the logits of these random models by up to 2 %, and in a long
prompt some lie within f32's error of a rounding boundary. So long prompts are compared step by step, each
step starting from the device's own values, and whole passes on short prompts in which no value lies near one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.model import LoadOptions, Model
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS, load_golden
from tests.gpu.qwen3.device_decoder import DeviceDecoder
from tests.gpu.qwen3.numpy_decoder import NumpyDecoder, error

PROMPTS = {spec.name: load_golden(spec).prompt_ids for spec in SPECS}
LAYOUTS = ("pairs", "buffer")
COMBINATIONS = (
    *((scheme, layout) for scheme in ("W4A8", "W4-g128A8", "W4A4@tensor") for layout in LAYOUTS),
    *((scheme, "buffer") for scheme in ("W8A8", "W4A16", "W8A8@tensor", "W8A8@token", "W8A8@b64")),
)
# Every scheme on one model, and the default scheme also on models that are awkward in other ways.
LONG = (
    *(("linear-odd-width", *combination) for combination in COMBINATIONS),
    *(
        (name, "W4A8", layout)
        for name in ("five-to-one-sharded", "eight-to-one-yarn", "sliding-window")
        for layout in LAYOUTS
    ),
)
SHORT = (
    *(("tied-pairs", *combination) for combination in COMBINATIONS),
    *(
        (name, "W4A8", layout)
        for name in ("bare-five-to-one", "spare-head", "eight-to-one-yarn")
        for layout in LAYOUTS
    ),
)
OF_A_STEP = 2e-6  # f32's error in one step
OF_ATTENTION = 1e-3  # keys and values may round the other way when they become float16
OF_A_PASS = 1e-5
SAFE_MARGIN = 4e-7  # above the device's error at any site, so that it rounds as numpy does


def check_steps(oracle: NumpyDecoder, ids: Sequence[int], found: np.ndarray) -> None:
    expected = oracle.logits(ids)
    for site, size in oracle.errors.items():
        assert size <= (OF_ATTENTION if site.endswith("o_proj") else OF_A_STEP), site
    assert len(oracle.errors) == 5 * oracle.config.num_hidden_layers + 1
    assert error(found, expected) <= OF_A_STEP


@pytest.mark.parametrize(("name", "scheme", "layout"), LONG)
def test_every_step_of_a_long_prompt(
    model_gpu: Gpu, golden_checkpoint, name: str, scheme: str, layout: str
) -> None:
    checkpoint, ids = golden_checkpoint(name), PROMPTS[name]
    device = DeviceDecoder(model_gpu, checkpoint, Scheme.parse(scheme), layout)
    found = device.logits(ids)
    check_steps(NumpyDecoder(checkpoint, Scheme.parse(scheme), device.sites), ids, found)


@pytest.mark.parametrize(("scheme", "layout"), COMBINATIONS)
def test_every_step_of_decoding_token_by_token(
    model_gpu: Gpu, golden_checkpoint, scheme: str, layout: str
) -> None:
    checkpoint, ids = golden_checkpoint("linear-odd-width"), PROMPTS["linear-odd-width"][:12]
    device = DeviceDecoder(model_gpu, checkpoint, Scheme.parse(scheme), layout)
    found, sites = run_in_passes(device, [ids[i : i + 1] for i in range(len(ids))])
    check_steps(NumpyDecoder(checkpoint, of_single_tokens(scheme), sites), ids, found)


def run_in_passes(
    device: DeviceDecoder, passes: Sequence[Sequence[int]]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The logits of all passes, and what the sites saw in all of them."""
    rows, sites, position = [], [], 0
    for ids in passes:
        rows.append(device.logits(ids, position))
        sites.append(device.sites)
        position += len(ids)
    return np.concatenate(rows), {site: np.concatenate([each[site] for each in sites]) for site in sites[0]}


@pytest.mark.parametrize("scheme", ["W4A8", "W16A16"])
def test_every_step_on_every_kind_of_device(any_gpu: Gpu, golden_checkpoint, scheme: str) -> None:
    """Without subgroups, without dot4, and with the wide workgroups and teams that hardware gets."""
    checkpoint, ids = golden_checkpoint("tied-pairs"), PROMPTS["tied-pairs"][:10]
    device = DeviceDecoder(any_gpu, checkpoint, Scheme.parse(scheme), "buffer")
    found, sites = run_in_passes(device, (ids[:-1], ids[-1:]))
    check_steps(NumpyDecoder(checkpoint, Scheme.parse(scheme), sites), ids, found)


def of_single_tokens(name: str) -> Scheme:
    """The scheme as passes of one token see it: a scale for the whole pass is one for the token."""
    scheme = Scheme.parse(name)
    return replace(scheme, granularity="token") if scheme.granularity == "tensor" else scheme


@pytest.mark.parametrize(("name", "scheme", "layout"), SHORT)
def test_logits_of_a_whole_pass(
    model_gpu: Gpu, golden_checkpoint, name: str, scheme: str, layout: str
) -> None:
    checkpoint = golden_checkpoint(name)
    ids, expected = safe_prompt(checkpoint, Scheme.parse(scheme))
    model = Model.load(model_gpu, checkpoint, Scheme.parse(scheme), LoadOptions(64, layout=layout))
    assert error(np.concatenate(list(model.all_logits(ids))), expected) <= OF_A_PASS


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["tied-pairs", "bare-five-to-one"])
def test_decoding_equals_prefill(model_gpu: Gpu, golden_checkpoint, name: str, layout: str) -> None:
    checkpoint, scheme = golden_checkpoint(name), Scheme.parse("W4A8")
    ids, _ = safe_prompt(checkpoint, scheme)
    model = Model.load(model_gpu, checkpoint, scheme, LoadOptions(64, layout=layout))
    together = np.concatenate(list(model.all_logits(ids)))
    model.rewind(0)
    for token, row in zip(ids, together, strict=True):
        list(model.feed([token]))
        assert error(model.last_logits(), row) <= OF_A_PASS


def safe_prompt(checkpoint: Checkpoint, scheme: Scheme) -> tuple[list[int], np.ndarray]:
    """Of many prompts of four tokens the one that stays farthest from rounding boundaries, and its logits."""
    oracle, rng = NumpyDecoder(checkpoint, scheme), np.random.default_rng(0)
    best, margin = [0], -1.0
    for _ in range(100):
        ids = rng.integers(0, checkpoint.config.vocab_size, 4).tolist()
        oracle.logits(ids)
        if oracle.margin > margin:
            best, margin = ids, oracle.margin
    assert margin >= SAFE_MARGIN
    return best, oracle.logits(best)


def test_probing_changes_no_logit(model_gpu: Gpu, golden_checkpoint) -> None:
    """Probed passes take other kernels, which must do the same arithmetic."""
    model = Model.load(model_gpu, golden_checkpoint("tied-pairs"), Scheme.parse("W4A8"), LoadOptions(64))
    plain = np.concatenate(list(model.all_logits(PROMPTS["tied-pairs"])))
    model.rewind(0)
    probed = np.concatenate(list(model.all_logits(PROMPTS["tied-pairs"], probed=True)))
    np.testing.assert_array_equal(plain, probed)
