"""The estimate: every byte a model will take, term by term, and what that leaves of a card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from gpu.budget import PURPOSES, Label, Term, kv_bytes_per_token, shape_terms
from gpu.calculator import engine_terms
from gpu.calculator.inputs import CalculatorInputs
from gpu.extent import Extent
from gpu.purposes import PURPOSES as LEDGER_PURPOSES
from gpu.units import size_text

DRIVER_UNKNOWN = "What the driver takes for itself is not measured here and not counted."
ADAPTERS_UNKNOWN = "Adapters are not counted, because the widths of the layers are not known."
_NO_ENGINE = "Only the memory is reckoned: this engine runs nothing but Qwen3."


@dataclass(frozen=True)
class Estimate:
    """`refusal` says why this engine would not run it as asked; None: it would. `notes` say what is missing
    from the terms."""

    inputs: CalculatorInputs
    terms: tuple[Term, ...]
    refusal: str | None
    notes: tuple[str, ...] = ()

    @cached_property
    def total_bytes(self) -> int:
        return sum(term.size_bytes for term in self.terms)

    def by_purpose(self) -> dict[str, int]:
        """Bytes for each of `PURPOSES`, zero included."""
        return {purpose: self.bytes_for(purpose) for purpose in PURPOSES}

    def bytes_for(self, *purposes: str) -> int:
        return sum(term.size_bytes for term in self.terms if term.purpose in purposes)

    @property
    def engine_bytes(self) -> int:
        """What the ledger will hold."""
        return self.bytes_for(*LEDGER_PURPOSES)

    @property
    def weights_bytes(self) -> int:
        """Packed codes, or 16-bit matrices."""
        return self.bytes_for("weights")

    @property
    def scales_bytes(self) -> int:
        return self.bytes_for("scales")

    @property
    def other_weights_bytes(self) -> int:
        """Norms, in float32, and low-rank adapters."""
        return self.bytes_for("norms", "adapters")

    @property
    def kv_cache_bytes(self) -> int:
        return self.bytes_for("kv_cache")

    @property
    def workspace_bytes(self) -> int:
        """What passes read and write, and the probes' statistics."""
        return self.bytes_for("workspace", "probes")

    @property
    def kv_bytes_per_token(self) -> int:
        """Of one request."""
        inputs = self.inputs
        if inputs.subject.config is None:
            return kv_bytes_per_token(inputs.subject.shape, inputs.scheme.kv_bits)
        return engine_terms.kv_bytes_per_token(inputs, inputs.subject.config)

    def to_text(self) -> str:
        """Every byte explained, a line a term: for the clipboard."""
        asked = self.inputs
        title = (
            f"{asked.subject.name} · {asked.scheme} · {asked.context_tokens:,} tokens · "
            f"batch {asked.batch} · chats {asked.chats}"
        )
        total = f"total: {self.total_bytes:,} B ({size_text(self.total_bytes)})"
        return "\n".join((title, *map(_line, self.terms), total, *self.notes))


@dataclass(frozen=True)
class Verdict:
    """`left_bytes` is negative where there is not enough."""

    fits: bool
    left_bytes: int
    sentence: str


def estimate(inputs: CalculatorInputs) -> Estimate:
    """Reckon everything that will lie on the card."""
    subject = inputs.subject
    around, notes = tuple(_surroundings(inputs)), tuple(_notes(inputs))
    if subject.config is None:
        terms = shape_terms(
            subject.shape, inputs.scheme, inputs.context_tokens, inputs.requests, subject.stored_bits
        )
        return Estimate(inputs, (*terms, *around), _NO_ENGINE, notes)
    weights = engine_terms.weight_terms(inputs, subject.config)
    passes = engine_terms.pass_terms(inputs, subject.config)
    return Estimate(inputs, (*weights, *passes, *around), refusal(inputs), notes)


def refusal(inputs: CalculatorInputs) -> str | None:
    """Why this engine would not run it as asked, in a sentence; None: it would."""
    config = inputs.subject.config
    return _NO_ENGINE if config is None else engine_terms.refusal(inputs, config)


def totals(inputs: CalculatorInputs) -> Callable[[int], int]:
    """Total bytes as a function of the context in tokens, quick enough to search with."""
    config, shape = inputs.subject.config, inputs.subject.shape
    if config is None:
        total = estimate(replace(inputs, context_tokens=1)).total_bytes
        per_token = inputs.requests * kv_bytes_per_token(shape, inputs.scheme.kv_bits)
        return lambda tokens: total + (tokens - 1) * per_token
    terms = (*engine_terms.weight_terms(inputs, config), *_surroundings(inputs))
    fixed = sum(term.size_bytes for term in terms)
    return lambda tokens: fixed + engine_terms.pass_bytes(replace(inputs, context_tokens=tokens), config)


def verdict(found: Estimate, capacity_bytes: int, place: str = "this memory") -> Verdict:
    """Hold an estimate against a card of `capacity_bytes`, called `place` in the sentence."""
    left = capacity_bytes - found.total_bytes
    if left >= 0:
        return Verdict(True, left, f"Fits {place} and leaves {size_text(left)}.")
    return Verdict(False, left, f"Does not fit {place}: {size_text(-left)} are missing.")


def _surroundings(inputs: CalculatorInputs) -> Iterator[Term]:
    """What else lies on the card."""
    yield from _adapter_terms(inputs)
    if inputs.driver_bytes:
        yield _stated("driver", "driver", inputs.driver_bytes, "measured")
    if inputs.display_bytes:
        yield _stated("display", "display", inputs.display_bytes, "estimated")
    if inputs.other_programs_bytes:
        yield _stated("other programs", "other_programs", inputs.other_programs_bytes, "measured")


def _stated(name: str, purpose: str, size_bytes: int, label: Label) -> Term:
    return Term(name, purpose, size_bytes, f"{size_bytes} B", "bytes", label)


def _adapter_terms(inputs: CalculatorInputs) -> Iterator[Term]:
    """A [rank, in] and B [out, rank] for every target matrix."""
    lora = inputs.lora
    if lora is None:
        return
    for matrix in inputs.subject.shape.matrices:
        target = matrix.name.rpartition(".")[2]
        if target in lora.targets:
            factors = {"adapters": lora.count, "matrices": matrix.count, "rank": lora.rank}
            extent = Extent.of(lora.bits, **factors, rows_and_columns=matrix.rows + matrix.columns)
            yield Term.of(target, "adapters", extent, "estimated")


def _notes(inputs: CalculatorInputs) -> Iterator[str]:
    yield from inputs.subject.unknown
    if inputs.driver_bytes is None:
        yield DRIVER_UNKNOWN
    if inputs.lora is not None and not any(_adapter_terms(inputs)):
        yield ADAPTERS_UNKNOWN


def _line(term: Term) -> str:
    return f"{term.purpose}, {term.name}: {term.formula} = {term.size_bytes:,} B ({term.label})"
