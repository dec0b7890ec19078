from __future__ import annotations

import pytest

from gpu.errors import ConfigError
from gpu.qwen3.released import released_config, released_names

# name: parameters, KiB of f16 keys and values a token, tied
RELEASED = {
    "qwen3-0.6b": (596_049_920, 112, True),
    "qwen3-1.7b": (1_720_574_976, 112, True),
    "qwen3-4b": (4_022_468_096, 144, True),
    "qwen3-8b": (8_190_735_360, 144, False),
    "qwen3-14b": (14_768_307_200, 160, False),
    "qwen3-32b": (32_762_123_264, 256, False),
    "qwen3-30b-a3b": (30_532_122_624, 96, False),
    "qwen3-235b-a22b": (235_093_634_560, 188, False),
}


def test_all_released_models_are_there() -> None:
    assert released_names() == tuple(RELEASED)


@pytest.mark.parametrize("name", RELEASED)
def test_published_figures_are_reproduced(name: str) -> None:
    config = released_config(name)
    parameters, kv_kib, tied = RELEASED[name]
    assert config.parameter_count() == parameters
    kv_bytes = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * 2
    assert kv_bytes == kv_kib * 1024
    assert config.tie_word_embeddings == tied
    assert config.is_moe == ("-a" in name)


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'qwen3-7b' is no released Qwen3 model") as caught:
        released_config("qwen3-7b")
    assert all(name in str(caught.value) for name in RELEASED)
