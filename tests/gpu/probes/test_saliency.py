from __future__ import annotations

import numpy as np
import pytest

from gpu.errors import RequestError
from gpu.probes.saliency import (
    column_absmax,
    column_norms,
    columns,
    is_read_by_experts,
    reader_names,
    saliency,
    worth,
)
from gpu.qwen3.released import released_config
from tests.gpu.probes.conftest import PROMPT, Load
from tests.gpu.probes.planted import FACTOR, NORMED
from tests.gpu.probes.test_statistics import of
from tests.gpu.sentences import is_one_sentence

READERS = {
    "layers.1.self_attn.qkv_proj": ("q_proj", "k_proj", "v_proj"),
    "layers.1.self_attn.o_proj": ("o_proj",),
    "layers.1.mlp.gate_up_proj": ("gate_proj", "up_proj"),
    "layers.1.mlp.down_proj": ("down_proj",),
}


@pytest.mark.parametrize("site", READERS)
def test_norms_are_those_of_the_columns_that_read_a_channel(load: Load, site: str) -> None:
    checkpoint = load("random", "W16A16").checkpoint
    block = site.rsplit(".", 1)[0]
    weights = [checkpoint.tensor(f"model.{block}.{name}.weight").read_f32() for name in READERS[site]]
    stacked = np.concatenate(weights)
    np.testing.assert_allclose(column_norms(checkpoint, site), np.linalg.norm(stacked, axis=0), rtol=1e-5)
    np.testing.assert_array_equal(column_absmax(checkpoint, site), np.abs(stacked).max(axis=0))
    found = columns(checkpoint, site, np.array([3, 0]))
    assert sorted(found[0]) == sorted(stacked[:, 3])
    if len(weights) == 2:
        np.testing.assert_array_equal(found[1], np.stack(weights, axis=1).reshape(-1, 96)[:, 0])
    else:
        np.testing.assert_array_equal(found[1], stacked[:, 0])


def test_the_head_reads_the_embedding_where_it_is_tied_and_no_matrix_reads_the_residual_stream(
    load: Load,
) -> None:
    config = load("random", "W16A16").checkpoint.config
    assert reader_names(config, "lm_head") == ("model.embed_tokens.weight",)
    with pytest.raises(RequestError) as failure:
        reader_names(config, "layers.1")
    assert is_one_sentence(str(failure.value))


def test_a_router_and_every_expert_read_the_input_of_experts() -> None:
    config = released_config("qwen3-30b-a3b")
    names = reader_names(config, "layers.3.mlp.gate_up_proj")
    assert len(names) == 1 + 2 * config.num_experts
    assert set(names) <= set(config.tensor_shapes())
    assert is_read_by_experts(config, "layers.3.mlp.gate_up_proj")
    assert not is_read_by_experts(config, "layers.3.self_attn.qkv_proj")
    assert reader_names(config, "layers.3.self_attn.qkv_proj")[0] in config.tensor_shapes()


def test_saliency_is_the_mean_magnitude_times_the_norm() -> None:
    statistics = of(np.array([[1, -2], [3, 4]], np.float32))
    np.testing.assert_array_equal(saliency(statistics, np.array([10, 100], np.float32)), [20, 300])


def test_planted_channels_are_large_and_worth_no_more_than_before(load: Load) -> None:
    """Scaled up by s and read by weights scaled down by s."""
    site, found = "layers.0.self_attn.qkv_proj", {}
    for name in ("random", "planted"):
        subject = load(name, "W16A16")
        for _ in subject.model.feed(PROMPT, lambda: False, probed=True):
            pass
        rms = {site: subject.model.probes.statistics(site).rms}
        found[name] = worth(subject.checkpoint, rms, {site: NORMED[site]})
        subject.model.rewind(0)
        subject.model.probes.reset()
    before, after = found["random"], found["planted"]
    assert after.size == pytest.approx(before.size * float(FACTOR), rel=1e-2)
    assert after.share == pytest.approx(before.share, rel=1e-4)
    assert 0.2 < after.share < 5


def test_worth_is_the_median_beside_the_median_channel_and_none_of_what_no_matrix_reads(load: Load) -> None:
    checkpoint = load("random", "W16A16").checkpoint
    site = "layers.0.mlp.down_proj"
    norms = column_norms(checkpoint, site)
    rms = np.arange(1, norms.size + 1, dtype=np.float32)
    found = worth(checkpoint, {site: rms, "layers.0": rms}, {site: (3, 9, 11), "layers.0": (0,)})
    shares = rms * norms
    assert found.size == pytest.approx(rms[9] / np.median(rms))
    assert found.share == pytest.approx(np.median(shares[[3, 9, 11]]) / np.median(shares), rel=1e-5)
    assert worth(checkpoint, {"layers.0": rms}, {"layers.0": (0,)}) is None
    rms[7] = np.nan
    assert worth(checkpoint, {site: rms}, {site: (3,)}) is None
