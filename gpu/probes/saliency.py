"""How much the weights make of a channel: the norms of the columns that read it, AWQ's saliency, and what
channels are worth beside the others.

AWQ (arXiv 2306.00978) weighs a channel of the weights by the activations that meet it; its saliency here is
mean|x| · ‖w‖, with w the column of every weight that reads the channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.base import Checkpoint
from gpu.errors import RequestError
from gpu.probes.site_names import HEAD_SITE, RESIDUAL, kind_of, layer_of
from gpu.probes.statistics import SiteStatistics
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.stacks import EMBEDDING, HEAD

F32 = npt.NDArray[np.float32]
_READERS = {
    "qkv_proj": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "o_proj": ("self_attn.o_proj",),
    "gate_up_proj": ("mlp.gate_proj", "mlp.up_proj"),
    "down_proj": ("mlp.down_proj",),
}
_ROWS_AT_ONCE = 1024
_TINY = 1e-30


@dataclass(frozen=True)
class Worth:
    """Some channels beside the median channel of their site, the median of them all: how many times larger
    their RMS is, and how many times larger what they add to the products, RMS · ‖w‖."""

    size: float
    share: float


def is_read_by_experts(config: Qwen3Config, site: str) -> bool:
    """Whether a router and many experts read a site, each token's by a few of them."""
    layer = layer_of(site)
    return kind_of(site) == "gate_up_proj" and layer is not None and config.is_moe_layer(layer)


def reader_names(config: Qwen3Config, site: str) -> tuple[str, ...]:
    """The checkpoint tensors that read a site.

    Raises:
        RequestError: the residual stream, which norms read before any matrix does.
    """
    kind = kind_of(site)
    if kind == RESIDUAL:
        raise RequestError(f"No matrix reads '{site}' itself: the norms do, and what they leave is a site.")
    if kind == HEAD_SITE:
        return (EMBEDDING if config.tie_word_embeddings else HEAD,)
    parts: tuple[str, ...] = _READERS[kind]
    if is_read_by_experts(config, site):
        each = (
            f"mlp.experts.{e}.{part}" for e in range(config.num_experts) for part in ("gate_proj", "up_proj")
        )
        parts = ("mlp.gate", *each)
    return tuple(f"model.layers.{layer_of(site)}.{part}.weight" for part in parts)


def column_norms(checkpoint: Checkpoint, site: str) -> F32:
    """‖w[:, c]‖ over the rows of all weights that read a site, f32 [channels], a few rows at a time."""
    total = np.zeros(0)
    for name in reader_names(checkpoint.config, site):
        tensor = checkpoint.tensor(name)
        for start in range(0, tensor.shape[0], _ROWS_AT_ONCE):
            rows = tensor.read_f32(slice(start, start + _ROWS_AT_ONCE))
            squares = np.einsum("nk,nk->k", rows, rows, dtype=np.float64)
            total = total + squares if total.size else squares
    norms: F32 = np.sqrt(total).astype(np.float32)
    return norms


def columns(checkpoint: Checkpoint, site: str, channels: npt.NDArray[np.integer]) -> F32:
    """The columns of the weights that read some channels of a site, stacked as the engine stacks them:
    f32 [channels, rows]. Rows of gate and up take turns."""
    parts = [
        checkpoint.tensor(name).read_f32()[:, channels] for name in reader_names(checkpoint.config, site)
    ]
    interleaved = kind_of(site) == "gate_up_proj"
    stacked = np.stack(parts, axis=1).reshape(-1, len(channels)) if interleaved else np.concatenate(parts)
    return np.ascontiguousarray(stacked.T)


def column_absmax(checkpoint: Checkpoint, site: str) -> F32:
    """max|w[:, c]| over the same rows, f32 [channels]: what SmoothQuant balances activations with."""
    tensors = (checkpoint.tensor(name) for name in reader_names(checkpoint.config, site))
    largest: F32 = np.stack([np.abs(tensor.read_f32()).max(axis=0) for tensor in tensors]).max(axis=0)
    return largest


def saliency(statistics: SiteStatistics, norms: F32) -> F32:
    """mean|x| · ‖w‖ of every channel."""
    salient: F32 = statistics.mean_abs * norms
    return salient


def worth(
    checkpoint: Checkpoint, rms: Mapping[str, F32], targets: Mapping[str, Sequence[int]]
) -> Worth | None:
    """What channels of sites are worth, from the sites' RMS; None where no matrix reads any of the sites by
    itself, as the residual stream and the inputs of experts, and where it is no finite number."""
    sizes, shares = [np.zeros(0)], [np.zeros(0)]
    for site, chosen in targets.items():
        if kind_of(site) == RESIDUAL or is_read_by_experts(checkpoint.config, site):
            continue
        size = rms[site].astype(np.float64)
        share, places = size * column_norms(checkpoint, site), list(chosen)
        sizes.append(size[places] / max(np.median(size), _TINY))
        shares.append(share[places] / max(np.median(share), _TINY))
    found, added = np.concatenate(sizes), np.concatenate(shares)
    if not found.size or not np.isfinite([found, added]).all():
        return None
    return Worth(float(np.median(found)), float(np.median(added)))
