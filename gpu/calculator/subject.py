"""What is known of a model that is to be reckoned with: all of it, or its tensors, or just a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gpu.model_shape import ModelShape
from gpu.qwen3.config import Qwen3Config

BITS = {"bf16": 16, "f16": 16, "f32": 32}
WORKSPACE_UNKNOWN = "The workspace is not known, because the widths of its layers are not; it is left out."


@dataclass(frozen=True)
class Subject:
    """`config` is None for what is no Qwen3. `dtypes` are the checkpoint's, by tensor, where they are known;
    all others are `dtype`. `stored_bytes` are those of the tensors on disk. `unknown` are sentences.
    """

    name: str
    shape: ModelShape
    config: Qwen3Config | None = None
    origin: str = ""
    dtype: str = "bf16"
    dtypes: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    stored_bytes: int | None = None
    unknown: tuple[str, ...] = ()

    @classmethod
    def of_config(
        cls, name: str, config: Qwen3Config, origin: str, dtypes: Mapping[str, str] | None = None
    ) -> Subject:
        """A Qwen3 of which everything is known that memory depends on."""
        return cls(name, ModelShape.from_config(config), config, origin, dtypes=dtypes or {})

    @classmethod
    def of_numbers(cls, parameters: int, layers: int, kv_heads: int, head_dim: int) -> Subject:
        """A model of which only these numbers are known.

        Raises:
            RequestError: a number is not positive, or absurdly large.
        """
        shape = ModelShape.from_parameters(parameters, layers, kv_heads, head_dim)
        return cls(f"{parameters:,} parameters", shape, origin="typed in", unknown=(WORKSPACE_UNKNOWN,))

    @property
    def stored_bits(self) -> int:
        """Of most values of the checkpoint."""
        return BITS[self.dtype]

    def dtype_of(self, tensor: str) -> str:
        return self.dtypes.get(tensor, self.dtype)

    def renamed(self, name: str) -> Subject:
        return replace(self, name=name)
