"""The questions a memory calculator is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpu.budget import DEFAULT_CONTEXT_TOKENS, MOST_BYTES, MOST_CONTEXT_TOKENS, MOST_REQUESTS
from gpu.calculator.device_profile import HARDWARE, DeviceProfile
from gpu.calculator.subject import Subject
from gpu.errors import RequestError
from gpu.model_shape import check_count
from gpu.scheme import Scheme

LORA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
MOST_RANK = 65_536
MOST_ADAPTERS = 10_000


@dataclass(frozen=True)
class Lora:
    """`count` low-rank adapters kept beside the model: of every target matrix A [rank, in] and B [out, rank].

    Raises:
        RequestError: a figure that is not positive, or targets that no model has.
    """

    rank: int
    targets: frozenset[str] = frozenset(LORA_TARGETS)
    bits: int = 16
    count: int = 1

    def __post_init__(self) -> None:
        check_count("ranks of an adapter", self.rank, MOST_RANK)
        check_count("adapters", self.count, MOST_ADAPTERS)
        unknown = sorted(self.targets - set(LORA_TARGETS))
        if unknown or not self.targets:
            raise RequestError(
                f"Adapters go on {', '.join(LORA_TARGETS)}, not on '{unknown[0] if unknown else 'nothing'}'."
            )


@dataclass(frozen=True)
class CalculatorInputs:
    """`batch` requests are computed together and `chats` conversations kept: batch · chats caches of
    `context_tokens` each. `driver_bytes` is None where nobody measured them.

    Raises:
        RequestError: a figure that is not positive, or absurdly large.
    """

    subject: Subject
    scheme: Scheme
    context_tokens: int = DEFAULT_CONTEXT_TOKENS
    batch: int = 1
    chats: int = 1
    lora: Lora | None = None
    display_bytes: int = 0
    other_programs_bytes: int = 0
    driver_bytes: int | None = None
    device: DeviceProfile = HARDWARE

    def __post_init__(self) -> None:
        check_count("context tokens", self.context_tokens, MOST_CONTEXT_TOKENS)
        check_count("requests in a batch", self.batch, MOST_REQUESTS)
        check_count("chats", self.chats, MOST_REQUESTS)
        for what, size in (
            ("the display", self.display_bytes),
            ("other programs", self.other_programs_bytes),
            ("the driver", self.driver_bytes or 0),
        ):
            if not 0 <= size <= MOST_BYTES:
                raise RequestError(f"The bytes of {what} must be between 0 and {MOST_BYTES:,}, not {size:,}.")

    @property
    def requests(self) -> int:
        """How many caches there are."""
        return self.batch * self.chats

    def with_kv_bits(self, bits: int) -> CalculatorInputs:
        """Raises SchemeError for bits that no cache has."""
        return replace(self, scheme=replace(self.scheme, kv_bits=bits))

    def with_weight_bits(self, bits: int, group: int | None = None) -> CalculatorInputs:
        """Weights of `bits` and the same cache; 16-bit weights take 16-bit activations and no groups.

        Raises:
            SchemeError: bits or a group that no weights have.
        """
        return replace(self, scheme=_with_weight_bits(self.scheme, bits, group or self.scheme.group))


def _with_weight_bits(scheme: Scheme, bits: int, group: int) -> Scheme:
    if bits == 16:
        return Scheme(16, 16, kv_bits=scheme.kv_bits)
    if scheme.weight_bits == 16:  # the f32 cache belongs to the reference only
        return Scheme(bits, 8, group, kv_bits=min(scheme.kv_bits, 16))
    return replace(scheme, weight_bits=bits, group=group)
