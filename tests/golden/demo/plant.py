"""Plants activation outliers without changing the function that the model computes.

A planted channel is multiplied by a power of two where it is written (an RMSNorm's weight, a row of up_proj)
and divided by it where it is read (a column of the linear layers that follow). Powers of two only move
exponents, so each product x·w is the same number as before, bit for bit, in bf16 as in f32.
The final norm is left alone: its reader is the embedding table, which the tied input lookup reads too.
"""

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

READERS = {
    "input_layernorm": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "post_attention_layernorm": ("mlp.gate_proj", "mlp.up_proj"),
}


@dataclass(frozen=True)
class Planting:
    """`channels`: hidden channel → factor, in every layer. `neurons`: layer → FFN row → factor."""

    channels: dict[int, int]
    neurons: dict[int, dict[int, int]]

    @classmethod
    def read(cls, path: Path) -> "Planting":
        stored = json.loads(path.read_text())
        return cls(
            _numbered(stored["channels"]), {int(i): _numbered(rows) for i, rows in stored["neurons"].items()}
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"


PLANTING = Planting(
    channels={41: 64, 170: 32},
    neurons={1: {77: 32}, 2: {300: 32}, 3: {513: 32}, 4: {9: 32}},
)


def column_factors(planting: Planting, layers: int) -> dict[str, dict[int, int]]:
    """Checkpoint name of each linear layer that reads planted channels → column → factor."""
    factors: dict[str, dict[int, int]] = {}
    for layer in range(layers):
        for readers in READERS.values():
            factors |= {f"model.layers.{layer}.{reader}.weight": planting.channels for reader in readers}
        if layer in planting.neurons:
            factors[f"model.layers.{layer}.mlp.down_proj.weight"] = planting.neurons[layer]
    return factors


def plant(weights: MutableMapping[str, Any], planting: Planting, layers: int) -> None:
    """Plant in place; `weights` maps checkpoint names to torch tensors or numpy arrays."""
    _scale(weights, planting, layers, direction=1)


def unplant(weights: MutableMapping[str, Any], planting: Planting, layers: int) -> None:
    """Undo `plant` in place, exactly."""
    _scale(weights, planting, layers, direction=-1)


def _scale(weights: MutableMapping[str, Any], planting: Planting, layers: int, direction: int) -> None:
    for name, columns in column_factors(planting, layers).items():
        for column, factor in columns.items():
            weights[name][:, column] *= float(factor) ** -direction
    for layer in range(layers):
        for norm in READERS:
            for channel, factor in planting.channels.items():
                weights[f"model.layers.{layer}.{norm}.weight"][channel] *= float(factor) ** direction
        for row, factor in planting.neurons.get(layer, {}).items():
            weights[f"model.layers.{layer}.mlp.up_proj.weight"][row] *= float(factor) ** direction


def _numbered(table: Mapping[str, int]) -> dict[int, int]:
    return {int(key): value for key, value in table.items()}
