from __future__ import annotations

import itertools

from gpu.kernels.channel_rows import HEADER, ROWS, TOGETHER
from gpu.probes.sites import sites_of, stats_bytes
from gpu.qwen3.config import Qwen3Config
from tests.golden.qwen3.checkpoints import SPECS, config_fields

CONFIG = Qwen3Config.from_dict(config_fields(SPECS[0]), "test")


def test_sites_are_named_by_the_layer_they_feed_and_as_wide_as_its_input() -> None:
    widths = {site.name: site.channels for site in sites_of(CONFIG)}
    assert {name: width for name, width in widths.items() if not name.startswith("layers.0")} == {
        "layers.1.self_attn.qkv_proj": 96,
        "layers.1.self_attn.o_proj": 4 * 32,
        "layers.1.mlp.gate_up_proj": 96,
        "layers.1.mlp.down_proj": 160,
        "layers.1": 96,
        "lm_head": 96,
    }
    assert len(widths) == 5 * CONFIG.num_hidden_layers + 1


def test_statistics_lie_one_after_the_other() -> None:
    sites = sites_of(CONFIG)
    assert (sites[0].first, sites[0].statistics.start) == (0, HEADER)
    for site, following in itertools.pairwise(sites):
        assert (following.first, following.statistics.start) == (site.end, site.statistics.stop)
        assert site.end % TOGETHER == 0
        assert site.channels <= site.stride <= site.end - site.first < site.channels + TOGETHER
    assert stats_bytes(sites) == 4 * sites[-1].statistics.stop
    assert sites[-1].statistics.stop == HEADER + ROWS * sites[-1].end
