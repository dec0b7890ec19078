"""What the names of sites say."""

from __future__ import annotations

HEAD_SITE = "lm_head"
RESIDUAL = "residual"
KINDS = (RESIDUAL, "qkv_proj", "o_proj", "gate_up_proj", "down_proj", HEAD_SITE)


def kind_of(name: str) -> str:
    """What sort of site a name is: one of `KINDS`."""
    last = name.rsplit(".", 1)[-1]
    return last if last in KINDS else RESIDUAL


def layer_of(name: str) -> int | None:
    """The layer a site belongs to; None for the head's."""
    parts = name.split(".")
    return int(parts[1]) if parts[0] == "layers" else None
