from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.kernels.channel_rows import ROWS
from gpu.kernels.channel_stats import reference
from gpu.probes.capture import CaptureRequest, capture
from gpu.probes.captured import Capture, Prompt
from gpu.probes.ranking import rank
from gpu.probes.statistics import from_words
from gpu.probes.verdicts import (
    Criteria,
    concentration,
    counted_elsewhere,
    non_finite,
    overlap,
    overlap_of_layers,
    overlap_of_prompts,
    overlap_of_tokens,
    share_reaching,
    sites_of_kind,
    verdicts,
)
from tests.gpu.probes.conftest import ORIGIN, PROMPT, Load
from tests.gpu.probes.planted import PLANTED

LAYERS, CHANNELS, TOKENS = 4, 64, 50
KINDS = (".self_attn.qkv_proj", ".mlp.down_proj", "")


def planned(changes: dict[tuple[str, int], np.ndarray | float], **fields: object) -> Capture:
    """Even values at three sites of four layers, but for the channels given: (site, channel) -> values."""
    rng = np.random.default_rng(0)
    sites = {}
    for name in (f"layers.{i}{kind}" for i in range(LAYERS) for kind in KINDS):
        x = rng.uniform(0.8, 1, (TOKENS, CHANNELS)) * rng.choice([-1, 1], (TOKENS, CHANNELS))
        for (site, channel), values in changes.items():
            if site == name:
                x[:, channel] = values
        words = np.zeros((ROWS, CHANNELS), np.uint32)
        sites[name] = from_words(name, TOKENS, reference(words, x.astype(np.float32), (6.0, 100.0)))
    return Capture(ORIGIN, (6.0, 100.0), (Prompt("", (1,) * TOKENS),), sites, **fields)


def at(tokens: int, value: float) -> np.ndarray:
    """1 everywhere but for `value` at the last tokens."""
    return np.where(np.arange(TOKENS) >= TOKENS - tokens, value, 1.0)


QKV = "layers.{}.self_attn.qkv_proj"


def test_an_outlier_feature_needs_enough_layers_and_enough_tokens() -> None:
    one_layer = {(QKV.format(0), 5): at(3, 7.0)}  # 1 of 4 layers, 3 of 50 tokens: 25 % and 6 %
    (found,) = verdicts(planned(one_layer))
    assert (found.kind, found.channel, found.feature_layers, found.layer_count) == ("qkv_proj", 5, 1, 4)
    assert found.is_feature
    assert found.share_low == pytest.approx(0.06)
    assert found.peak == TOKENS - 3
    assert not any(v.is_feature for v in verdicts(planned({(QKV.format(0), 5): at(2, 7.0)})))
    strict = Criteria(feature_layers=0.5)
    assert not any(v.is_feature for v in verdicts(planned(one_layer), strict))
    in_down = verdicts(planned({("layers.1.mlp.down_proj", 5): 7.0}))
    assert [v.is_feature for v in in_down] == [False]  # the second layer of the MLP does not count


def test_a_massive_activation_is_large_and_a_thousand_medians() -> None:
    spikes = {("layers.2", 9): at(1, -1200.0), ("layers.2", 8): 300.0}
    found = {verdict.channel: verdict for verdict in verdicts(planned(spikes))}
    assert found[9].is_massive
    assert found[9].peak == TOKENS - 1
    assert not found[8].is_massive  # large, but not a thousand times 0.9
    assert found[8].is_ranked
    assert not verdicts(planned({(QKV.format(1), 3): 2000.0}))[0].is_massive  # no residual stream


def test_what_is_not_finite_comes_first_and_is_located() -> None:
    broken = planned({("layers.1.mlp.down_proj", 4): np.nan, ("layers.3", 6): np.inf, ("layers.0", 1): 500.0})
    first, second, third = verdicts(broken)
    assert not first.is_finite
    assert not second.is_finite
    assert third.is_finite
    located = {(first.site, first.channel), (second.site, second.channel)}
    assert located == {("layers.1.mlp.down_proj", 4), ("layers.3", 6)}
    assert non_finite(broken) == {"layers.1.mlp.down_proj": [4], "layers.3": [6]}


def test_a_plain_capture_has_no_verdicts() -> None:
    assert verdicts(planned({})) == []


def test_planted_channels_are_found_and_no_others(load: Load) -> None:
    for name, expected in (("random", set()), ("planted", PLANTED)):
        found = capture(load(name, "W16A16").model, ORIGIN, CaptureRequest((Prompt("", PROMPT),)))
        ranked = {
            (site, outlier.channel)
            for site, statistics in found.sites.items()
            for outlier in rank(statistics.absmax)
        }
        assert ranked == expected
        assert {(v.site, v.channel) for v in verdicts(found) if v.is_ranked} == expected


channel_sets = st.lists(st.frozensets(st.integers(0, 6)), min_size=1, max_size=5)


@given(channel_sets)
def test_overlap_is_a_share_and_knows_the_common_channels(sets: list[frozenset[int]]) -> None:
    found = overlap(sets)
    assert 0 <= found.jaccard <= 1
    assert set(found.everywhere) == set.intersection(*map(set, sets))
    assert set(found.anywhere) == set().union(*sets)
    assert overlap([sets[0], sets[0]]).jaccard == 1


def test_overlap_of_known_sets() -> None:
    assert overlap([frozenset({1, 2}), frozenset({2, 3})]).jaccard == pytest.approx(1 / 3)
    assert overlap([frozenset({1}), frozenset({2}), frozenset({1})]).jaccard == pytest.approx(1 / 3)
    assert overlap([]).everywhere == ()


def test_persistence_over_layers_prompts_and_tokens() -> None:
    spikes = {(QKV.format(i), 7): 50.0 for i in range(LAYERS)} | {("layers.2.mlp.down_proj", 3): 90.0}
    rows = np.ones((2, CHANNELS), np.float32)
    rows[:, 7], rows[1, 9] = 50, 60
    found = planned(spikes, by_prompt={"layers.0": rows}, values={"layers.1": rows})
    layers = overlap_of_layers(found)
    assert (layers["qkv_proj"].jaccard, layers["qkv_proj"].everywhere) == (1, (7,))
    assert layers["down_proj"].everywhere == ()
    assert layers["down_proj"].jaccard == pytest.approx(0.5)  # three pairs of empty sets are alike
    for each in (overlap_of_prompts(found)["layers.0"], overlap_of_tokens(found)["layers.1"]):
        assert (each.jaccard, each.everywhere, each.anywhere) == (0.5, (7,), (7, 9))


def test_of_a_long_text_some_tokens_tell_all_over_it() -> None:
    values = np.ones((TOKENS * 4, CHANNELS), np.float32)
    values[TOKENS * 2 :, 7] = 50
    found = planned({}, values={"layers.1": values})
    assert overlap_of_tokens(found)["layers.1"].anywhere == (7,)
    assert 0.4 < overlap_of_tokens(found)["layers.1"].jaccard < 0.6


def test_concentration_of_energy() -> None:
    (even, spiked) = (
        concentration(sites_of_kind(planned(changes), "down_proj")[0])
        for changes in ({}, {("layers.0.mlp.down_proj", 3): 100.0})
    )
    assert even.channels == 1
    assert even.share == pytest.approx(1 / CHANNELS, rel=0.1)
    assert spiked.share > 0.99


def test_another_magnitude_is_counted_where_the_values_were_kept() -> None:
    values = {QKV.format(i): np.ones((TOKENS, CHANNELS), np.float32) for i in range(LAYERS)}
    values[QKV.format(0)][:3, 5] = -4
    values[QKV.format(0)][3, 9] = np.nan
    found = planned({}, values=values)
    assert share_reaching(found, QKV.format(0), 4.0)[5] == pytest.approx(3 / TOKENS)
    assert share_reaching(found, QKV.format(0), 4.0)[9] == pytest.approx(1 / TOKENS)
    assert share_reaching(found, "layers.0", 4.0).tolist() == found.sites["layers.0"].share_low.tolist()
    assert [v.channel for v in verdicts(found, Criteria(feature_magnitude=4.0)) if v.is_feature] == [5]
    assert verdicts(found) == []
    assert counted_elsewhere(found, 4.0) == 0
    assert counted_elsewhere(planned({}), 4.0) == LAYERS


def test_the_massive_magnitude_and_ratio_can_be_turned() -> None:
    found = planned({("layers.1", 4): 50.0})
    assert not any(v.is_massive for v in verdicts(found))
    assert not any(v.is_massive for v in verdicts(found, Criteria(massive_magnitude=40.0)))
    assert [v.channel for v in verdicts(found, Criteria(massive_magnitude=40, massive_ratio=40))] == [4]
    assert verdicts(found, Criteria(massive_magnitude=40, massive_ratio=40))[0].is_massive
