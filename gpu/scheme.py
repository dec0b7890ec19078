"""Names of quantization schemes: `W<bits>[-g<group>][:<method>]A<bits>[@<granularity>][+kv<bits>]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gpu.errors import SchemeError
from gpu.formats.granularity import Granularity

_PATTERN = re.compile(
    r"W(?P<weight>[0-9]{1,4})(-g(?P<group>[0-9]{1,4}))?(:(?P<method>[a-z0-9]+))?"
    r"A(?P<activation>[0-9]{1,4})(@(?P<granularity>[a-z0-9]+))?(\+kv(?P<kv>[0-9]{1,4}))?"
)
_GRAMMAR = "W<bits>[-g<group>][:<method>]A<bits>[@<granularity>][+kv<bits>]"
DEFAULT_GROUP = 32
DEFAULT_METHOD = "rtn"
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

    Raises:
        SchemeError: a figure is outside what any engine runs, or blocks are asked of 16-bit values.
    """

    weight_bits: int
    activation_bits: int
    group: int = DEFAULT_GROUP
    method: str = DEFAULT_METHOD
    granularity: str = DEFAULT_GRANULARITY
    kv_bits: int = 16

    def __post_init__(self) -> None:
        for what, value, allowed in (
            ("weight bits", self.weight_bits, WEIGHT_BITS),
            ("activation bits", self.activation_bits, ACTIVATION_BITS),
            ("key-value bits", self.kv_bits, KV_BITS),
            ("group", self.group, GROUPS),
        ):
            if value not in allowed:
                choices = ", ".join(map(str, allowed))
                raise SchemeError(f"'{self}' asks for {what} {value}; choose one of {choices}.")
        self._check_blocks()

    def _check_blocks(self) -> None:
        Granularity.of_activations(self.granularity)
        if self.weight_bits == 16 and (self.group, self.method) != (DEFAULT_GROUP, DEFAULT_METHOD):
            raise SchemeError(
                f"'{self}' gives a group or a method to 16-bit weights, which are not quantized."
            )
        if self.activation_bits == 16 and self.granularity != DEFAULT_GRANULARITY:
            raise SchemeError(f"'{self}' gives a granularity to 16-bit activations, which are not quantized.")

    @property
    def is_reference(self) -> bool:
        return self.weight_bits == 16 and self.activation_bits == 16

    @classmethod
    def parse(cls, name: str) -> Scheme:
        """Read a scheme name.

        Raises:
            SchemeError: the name does not follow the grammar, or the scheme makes no sense.
        """
        match = _PATTERN.fullmatch(name.strip())
        if match is None:
            raise SchemeError(f"'{name}' is not a scheme name; write {_GRAMMAR}, for example W4A8 or W16A16.")
        weight, activation = int(match["weight"]), int(match["activation"])
        reference = weight == 16 and activation == 16
        return cls(
            weight_bits=weight,
            activation_bits=activation,
            group=int(match["group"] or DEFAULT_GROUP),
            method=match["method"] or DEFAULT_METHOD,
            granularity=match["granularity"] or DEFAULT_GRANULARITY,
            kv_bits=int(match["kv"] or (32 if reference else 16)),
        )

    def __str__(self) -> str:
        group = "" if self.group == DEFAULT_GROUP else f"-g{self.group}"
        method = "" if self.method == DEFAULT_METHOD else f":{self.method}"
        granularity = "" if self.granularity == DEFAULT_GRANULARITY else f"@{self.granularity}"
        kv = "" if self.kv_bits == (32 if self.is_reference else 16) else f"+kv{self.kv_bits}"
        return f"W{self.weight_bits}{group}{method}A{self.activation_bits}{granularity}{kv}"
