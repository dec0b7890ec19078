"""Names of quantization schemes: `W<bits>[-g<group>][:<method>]A<bits>[@<granularity>][+kv<bits>]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gpu.errors import SchemeError

_PATTERN = re.compile(
    r"W(?P<weight>\d+)(-g(?P<group>\d+))?(:(?P<method>[a-z0-9]+))?"
    r"A(?P<activation>\d+)(@(?P<granularity>b\d+|token|tensor))?(\+kv(?P<kv>\d+))?"
)
_GRAMMAR = "W<bits>[-g<group>][:<method>]A<bits>[@<granularity>][+kv<bits>]"
DEFAULT_GROUP = 32
DEFAULT_GRANULARITY = "b32"
WEIGHT_BITS = (2, 3, 4, 5, 6, 8, 16)
ACTIVATION_BITS = (4, 8, 16)
KV_BITS = (4, 8, 16, 32)
GROUPS = (16, 32, 64, 128, 256)


@dataclass(frozen=True)
class Scheme:
    """How a model's weights, activations and key-value cache are held.

    `W16A16` is the reference: checkpoint-exact weights, f32 arithmetic and, unless `+kv16` says otherwise,
    an f32 cache. Every other scheme keeps the cache in f16 by default.
    """

    weight_bits: int
    activation_bits: int
    group: int = DEFAULT_GROUP
    method: str = "rtn"
    granularity: str = DEFAULT_GRANULARITY
    kv_bits: int = 16

    @property
    def is_reference(self) -> bool:
        return self.weight_bits == 16 and self.activation_bits == 16

    @classmethod
    def parse(cls, name: str) -> Scheme:
        """Read a scheme name.

        Raises:
            SchemeError: the name does not follow the grammar or a figure is outside what any engine runs.
        """
        match = _PATTERN.fullmatch(name.strip())
        if match is None:
            raise SchemeError(f"'{name}' is not a scheme name; write {_GRAMMAR}, for example W4A8 or W16A16.")
        weight, activation = int(match["weight"]), int(match["activation"])
        reference = weight == 16 and activation == 16
        scheme = cls(
            weight_bits=weight,
            activation_bits=activation,
            group=int(match["group"] or DEFAULT_GROUP),
            method=match["method"] or "rtn",
            granularity=match["granularity"] or DEFAULT_GRANULARITY,
            kv_bits=int(match["kv"] or (32 if reference else 16)),
        )
        scheme._check(name)
        return scheme

    def _check(self, name: str) -> None:
        for what, value, allowed in (
            ("weight bits", self.weight_bits, WEIGHT_BITS),
            ("activation bits", self.activation_bits, ACTIVATION_BITS),
            ("key-value bits", self.kv_bits, KV_BITS),
            ("group", self.group, GROUPS),
        ):
            if value not in allowed:
                raise SchemeError(f"'{name}' asks for {what} {value}; choose one of {', '.join(map(str, allowed))}.")

    def __str__(self) -> str:
        group = "" if self.group == DEFAULT_GROUP or self.weight_bits == 16 else f"-g{self.group}"
        method = "" if self.method == "rtn" else f":{self.method}"
        granularity = (
            "" if self.granularity == DEFAULT_GRANULARITY or self.activation_bits == 16 else f"@{self.granularity}"
        )
        kv = "" if self.kv_bits == (32 if self.is_reference else 16) else f"+kv{self.kv_bits}"
        return f"W{self.weight_bits}{group}{method}A{self.activation_bits}{granularity}{kv}"
