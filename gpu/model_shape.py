"""What a budget must know of a model: its matrices by kind, and the shape of its key-value cache."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from gpu.errors import RequestError
from gpu.qwen3.config import Qwen3Config

Role = Literal["layer", "head", "lookup"]
_NUMBERS = re.compile(r"^model\.|layers\.\d+\.|(?<=experts)\.\d+|\.weight$")
_ROUTER = "mlp.gate"
MOST_PARAMETERS = 10**15
MOST_LAYERS = 10_000
MOST_HEADS = 10_000
MOST_HEAD_DIM = 65_536


@dataclass(frozen=True)
class MatrixKind:
    """`count` matrices [rows, columns] of one kind, of which one token uses `active`; columns are summed.

    `layer` matrices multiply every token, the `head` only tokens whose logits are wanted, and of a `lookup`
    one row is read. A tied embedding is a head. Routers of experts stay at 16 bits: they are tiny, and a
    wrong choice of expert costs more than any rounding of its weights.
    """

    name: str
    role: Role
    count: int
    active: int
    rows: int
    columns: int

    @property
    def is_quantized(self) -> bool:
        return self.name != _ROUTER

    @property
    def values(self) -> int:
        return self.count * self.rows * self.columns

    @property
    def active_values(self) -> int:
        return self.active * self.rows * self.columns


@dataclass(frozen=True)
class ModelShape:
    """A model as a list of matrices; `norm_values` are all its one-dimensional parameters together."""

    matrices: tuple[MatrixKind, ...]
    norm_values: int
    layers: int
    kv_heads: int
    head_dim: int
    max_context_tokens: int | None = None

    @property
    def parameters(self) -> int:
        return sum(matrix.values for matrix in self.matrices) + self.norm_values

    @classmethod
    def from_config(cls, config: Qwen3Config) -> ModelShape:
        kinds = Counter((_NUMBERS.sub("", name), shape) for name, shape in config.tensor_shapes().items())
        return cls(
            matrices=tuple(
                _matrix_kind(config, name, count, shape[0], shape[1])
                for (name, shape), count in kinds.items()
                if len(shape) == 2
            ),
            norm_values=sum(count * shape[0] for (_, shape), count in kinds.items() if len(shape) == 1),
            layers=config.num_hidden_layers,
            kv_heads=config.num_key_value_heads,
            head_dim=config.head_dim,
            max_context_tokens=config.max_position_embeddings,
        )

    @classmethod
    def from_parameters(cls, parameters: int, layers: int, kv_heads: int, head_dim: int) -> ModelShape:
        """A model of which only these numbers are known: every parameter counts as one of a matrix.

        Raises:
            RequestError: a number is not positive, or absurdly large.
        """
        check_count("parameters", parameters, MOST_PARAMETERS)
        check_count("layers", layers, MOST_LAYERS)
        check_count("key-value heads", kv_heads, MOST_HEADS)
        check_count("values a head", head_dim, MOST_HEAD_DIM)
        everything = MatrixKind("parameters", "layer", 1, 1, 1, parameters)
        return cls((everything,), 0, layers, kv_heads, head_dim)


def check_count(what: str, value: int, most: int) -> None:
    """Raises RequestError unless `value` is a whole number from 1 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise RequestError(f"The number of {what} must be between 1 and {most:,}, not {value}.")


def _matrix_kind(config: Qwen3Config, name: str, count: int, rows: int, columns: int) -> MatrixKind:
    role: Role = "layer"
    active = count
    if name == "embed_tokens" and not config.tie_word_embeddings:
        role, active = "lookup", 0
    elif name in ("embed_tokens", "lm_head"):
        role = "head"
    elif ".experts." in name:
        active = count // config.num_experts * config.num_experts_per_tok
    return MatrixKind(name, role, count, active, rows, columns)
