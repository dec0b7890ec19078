"""Channels taken out of a running model: zeroed where a matrix reads them, or multiplied apart in 16 bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.checkpoints.base import Checkpoint
from gpu.device import Gpu
from gpu.kernels.add_columns import add_columns
from gpu.kernels.lift_channels import lift_channels
from gpu.kit import Kit, Op
from gpu.probes.saliency import columns
from gpu.probes.site_names import RESIDUAL, kind_of

Targets = Mapping[str, Sequence[int]]  # by site: its channels to lift


class LiftedChannels:
    """Edits that zero channels of the f32 activations of a site, before anything is quantized.

    At a matrix's input the matrix no longer sees them; at the residual stream `layers.<i>` no later layer
    does. With a checkpoint, the columns of the weights that read a channel are multiplied with its values
    apart, in f32 from the checkpoint's own 16 bits, and added: the decomposition of LLM.int8() (arXiv
    2208.07339). What leaves the residual stream has no such columns.
    """

    def __init__(self, gpu: Gpu, targets: Targets, tokens: int, checkpoint: Checkpoint | None = None) -> None:
        """`tokens` is the most a pass may have."""
        self._gpu = gpu
        self._channels = {site: np.unique(list(chosen)).astype(np.uint32) for site, chosen in targets.items()}
        self._channels = {site: chosen for site, chosen in self._channels.items() if chosen.size}
        self._indices = {site: self._upload(site, chosen) for site, chosen in self._channels.items()}
        most = max((chosen.size for chosen in self._channels.values()), default=1)
        self._lifted = gpu.ledger.buffer("lifted channels", "probes", tokens * most * 4)
        self._columns: dict[str, tuple[Any, int]] = {}
        if checkpoint is not None:
            self._read_columns(checkpoint)

    def before(self, kit: Kit, site: str, x: Activations) -> list[Op]:
        """Lift the site's channels."""
        if site not in self._indices:
            return []
        return [lift_channels(kit, x, self._indices[site], self._channels[site].size, self._lifted)]

    def after(self, kit: Kit, site: str, y: Any, y_stride: int) -> list[Op]:
        """Add their share of the product, where it is kept."""
        if site not in self._columns:
            return []
        held, rows = self._columns[site]
        return [add_columns(kit, self._lifted, held, self._channels[site].size, rows, y, y_stride)]

    def release(self) -> None:
        held = (buffer for buffer, _ in self._columns.values())
        for buffer in (*self._indices.values(), *held, self._lifted):
            self._gpu.ledger.release(buffer)

    def _read_columns(self, checkpoint: Checkpoint) -> None:
        for site, chosen in self._channels.items():
            if kind_of(site) != RESIDUAL:
                read = columns(checkpoint, site, chosen)
                self._columns[site] = (self._upload(f"{site} columns", read), read.shape[1])

    def _upload(self, name: str, array: npt.NDArray[Any]) -> Any:
        buffer = self._gpu.ledger.buffer(name, "probes", array.nbytes)
        self._gpu.write(buffer, np.ascontiguousarray(array).reshape(-1).view(np.uint8))
        return buffer
