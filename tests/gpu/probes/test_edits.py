"""Channels taken out of a model, against the same model with their weights zeroed."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.probes.edits import LiftedChannels
from tests.golden.qwen3.reference import Reference
from tests.gpu.probes.conftest import PROMPT, Load, Subject
from tests.gpu.probes.planted import PLANTED

TARGETS = {
    "layers.0.self_attn.qkv_proj": (3, 90),
    "layers.0.self_attn.o_proj": (0, 127),
    "layers.1.mlp.gate_up_proj": (44,),
    "layers.1.mlp.down_proj": (9, 8, 159),
    "layers.0": (17,),
    "lm_head": (2,),
}


class WithoutChannels(Reference):
    """The numpy model, channels zeroed as its linear layers read them."""

    def _read(self, site: str, values: np.ndarray) -> np.ndarray:
        return super()._read(site, self._without(site, values))

    def _left(self, site: str, values: np.ndarray) -> np.ndarray:
        return super()._left(site, self._without(site, values))

    def _without(self, site: str, values: np.ndarray) -> np.ndarray:
        left = values.copy()
        left[:, list(TARGETS.get(site, ()))] = 0
        return left


def edited(
    subject: Subject, targets: dict[str, tuple[int, ...]], *, keep: bool, decode: bool = False
) -> np.ndarray:
    """Logits of the prompt under edits, in one pass or token by token; the last row only."""
    model = subject.model
    edits = LiftedChannels(model.gpu, targets, model.chunk_tokens, subject.checkpoint if keep else None)
    model.instrument(edits)
    parts = [PROMPT[:20], *((token,) for token in PROMPT[20:])] if decode else [PROMPT]
    for part in parts:
        list(model.feed(part, probed=True))
    logits = model.last_logits().copy()
    model.instrument()
    edits.release()
    return logits


def close(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    assert np.abs(found - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.parametrize("decode", [False, True])
def test_a_lifted_channel_is_zero_where_it_is_read(load: Load, decode: bool) -> None:
    subject = load("random", "W16A16")
    without = WithoutChannels(subject.checkpoint)
    expected = without.logits(PROMPT)[-1]
    close(edited(subject, TARGETS, keep=False, decode=decode), expected, 1e-5)
    for site, channels in TARGETS.items():
        assert not without.sites[site][:, list(channels)].any()


def test_channels_lifted_and_added_back_change_nothing_that_is_not_quantized(load: Load) -> None:
    subject = load("random", "W16A16")
    targets = {site: channels for site, channels in TARGETS.items() if site != "layers.0"}
    expected = Reference(subject.checkpoint).logits(PROMPT)[-1]
    for decode in (False, True):
        close(edited(subject, targets, keep=True, decode=decode), expected, 1e-5)


@pytest.mark.parametrize("scheme", ["W4A8", "W8A8@tensor", "W4A16"])
def test_planted_channels_at_16_bits_bring_the_logits_closer(load: Load, scheme: str) -> None:
    subject = load("planted", scheme)
    targets: dict[str, tuple[int, ...]] = {}
    for site, channel in PLANTED:
        targets[site] = (*targets.get(site, ()), channel)
    exact = Reference(subject.checkpoint).logits(PROMPT)[-1]
    plain = edited(subject, {}, keep=False)
    kept = edited(subject, targets, keep=True)
    error, error_kept = (float(np.abs(found - exact).mean()) for found in (plain, kept))
    assert error_kept < error * (0.2 if scheme.endswith("tensor") else 1.2)


def test_an_edited_model_probed_or_not_is_the_same_function(load: Load) -> None:
    """Edits make the kernels write values instead of codes; the codes must come out as they did."""
    model = load("planted", "W4A8").model
    model.rewind(0)
    list(model.feed(PROMPT))
    plain = model.last_logits().copy()
    close(edited(load("planted", "W4A8"), {}, keep=False), plain, 1e-6)


def test_statistics_show_what_the_layers_read_after_the_edit(load: Load) -> None:
    subject = load("random", "W16A16")
    subject.model.probes.reset()
    edited(subject, TARGETS, keep=False)
    for site, channels in TARGETS.items():
        found = subject.model.probes.read(site).absmax
        assert not found[list(channels)].any()
        assert (np.delete(found, list(channels)) > 0).all()
