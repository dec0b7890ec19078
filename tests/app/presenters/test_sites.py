from __future__ import annotations

import pytest

from app.presenters.sites import kinds_of, layer_count, site_name, split_site
from gpu.probes.sites import sites_of
from gpu.qwen3.released import released_config

SITES = tuple(site.name for site in sites_of(released_config("qwen3-0.6b")))


@pytest.mark.parametrize("site", SITES)
def test_every_site_of_a_model_can_be_picked(site: str) -> None:
    kind, layer = split_site(site)
    assert site_name(kind, layer or 0, SITES) == site


def test_kinds_come_in_the_order_data_flows_and_layers_are_counted() -> None:
    keys = [choice.key for choice in kinds_of(SITES)]
    assert keys[0] == "self_attn.qkv_proj"
    assert keys[-1] == "lm_head"
    assert len(keys) == 6
    assert layer_count(SITES) == 28


def test_a_layer_the_model_does_not_have_gives_the_nearest() -> None:
    assert site_name("mlp.down_proj", 99, SITES) == "layers.27.mlp.down_proj"
    assert site_name("lm_head", 5, SITES) == "lm_head"


def test_without_sites_there_is_nothing_to_pick() -> None:
    assert site_name("mlp.down_proj", 0, ()) == ""
    assert kinds_of(()) == kinds_of(SITES)
    assert layer_count(()) == 0
