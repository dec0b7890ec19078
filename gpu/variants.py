"""What an adapter may choose among: the same sums in workgroups of other sizes, weights lying another way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gpu.errors import ConfigError

THREADS = (8, 32, 64, 128)
TEAMS = (1, 2, 4, 8)
LAYOUTS = ("pairs", "buffer")
TILES = (16, 32, 64)
PARTS = (1, 4, 16)
ROWS_AT_ONCE = (0, 16, 32)  # 4 would leave some workgroups fewer threads than take the sum of a norm
_ALLOWED: dict[str, tuple[Any, ...]] = {
    "threads": THREADS,
    "teams": TEAMS,
    "layout": LAYOUTS,
    "tile": TILES,
    "parts": PARTS,
    "rows": ROWS_AT_ONCE,
}


@dataclass(frozen=True)
class Variants:
    """`threads` of a workgroup that goes through a row, `teams` of eight lanes that share a context in
    attention, the `layout` of 4-bit weights (gpu/layouts.py), rows and tokens in a `tile` of a product over
    storage buffers, `parts` of a context that workgroups share when a token is decoded, and `rows` at a time
    of a product over storage buffers in workgroups that quantize what they read of one token (0: that is
    quantized before, once for all of them).

    Raises:
        ConfigError: a value that no kernel is made for.
    """

    threads: int
    teams: int
    layout: str
    tile: int = 32
    parts: int = 1
    rows: int = 16

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            value = getattr(self, name)
            if type(value) is not type(allowed[0]) or value not in allowed:
                shown = json.dumps(value)
                raise ConfigError(f"The kernels have no variant {name} = {shown}; measure them again.")

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Variants:
        """What `fields` gave. Raises ConfigError."""
        return cls(**{name: fields.get(name) for name in _ALLOWED})  # type: ignore[arg-type]

    @property
    def fields(self) -> dict[str, Any]:
        return asdict(self)


def safe_variants(is_software: bool, has_textures: bool) -> Variants:
    """What serves where nothing was measured: software adapters run threads eight to a vector, one after
    the other, and load texels several times faster than buffers."""
    if is_software:
        return Variants(8, 1, "pairs" if has_textures else "buffer")
    return Variants(64, 4, "buffer", parts=16, rows=32)
