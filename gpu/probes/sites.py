"""The places where activations are tapped, named by the linear layer that reads them."""

from __future__ import annotations

from dataclasses import dataclass

from gpu.activations import BLOCK, blocks_of
from gpu.kernels.channel_rows import HEADER, ROWS, TOGETHER
from gpu.probes.site_names import HEAD_SITE
from gpu.qwen3.config import Qwen3Config

DOWN = ".mlp.down_proj"
LAYER_SITES = (".self_attn.qkv_proj", ".self_attn.o_proj", ".mlp.gate_up_proj", DOWN, "")


@dataclass(frozen=True)
class Site:
    """`first`: its first channel among those of all sites, each padded to whole `TOGETHER`."""

    name: str
    channels: int
    first: int

    @property
    def stride(self) -> int:
        """Channels padded as activations are."""
        return blocks_of(self.channels) * BLOCK

    @property
    def end(self) -> int:
        """First channel of the next site."""
        return self.first + -(-self.channels // TOGETHER) * TOGETHER

    @property
    def statistics(self) -> slice:
        """Its elements of the statistics buffer, [(end − first) / TOGETHER, ROWS, TOGETHER]."""
        return slice(HEADER + ROWS * self.first, HEADER + ROWS * self.end)


def sites_of(config: Qwen3Config) -> tuple[Site, ...]:
    """Five sites a layer, the last being the residual stream it leaves (`layers.<i>`), then `lm_head`.

    Inside a layer's experts there is none: each of them sees tokens of its own.
    """
    inner = config.num_attention_heads * config.head_dim
    widths = (config.hidden_size, inner, config.hidden_size, config.intermediate_size, config.hidden_size)
    named = [
        (f"layers.{i}{suffix}", width)
        for i in range(config.num_hidden_layers)
        for suffix, width in zip(LAYER_SITES, widths, strict=True)
        if not (suffix == DOWN and config.is_moe_layer(i))
    ]
    named.append((HEAD_SITE, config.hidden_size))
    sites: list[Site] = []
    for name, width in named:
        sites.append(Site(name, width, sites[-1].end if sites else 0))
    return tuple(sites)


def stats_bytes(sites: tuple[Site, ...]) -> int:
    """Bytes of the statistics buffer."""
    return 4 * (HEADER + ROWS * sites[-1].end)
