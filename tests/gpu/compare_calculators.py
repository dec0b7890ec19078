"""Four models in llama.cpp by three calculators: `python -m tests.gpu.compare_calculators`.

Ours is the formula of gpu/calculator/engines.py for GGUF Q4_K_M; the others are in public_calculators.py. All
lack a measurement beside them but the file sizes, which are published: ours gives them to the metadata.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gpu.calculator.engines import OTHER_ENGINES, what_if
from gpu.calculator.gguf_sizes import gguf_terms
from gpu.calculator.inputs import CalculatorInputs
from gpu.qwen3.released import released_config
from gpu.scheme import Scheme
from tests.gpu.public_calculators import GIB, GgufModel, ggufvram_bytes, oobabooga_bytes
from tests.gpu.released import shape_of, subject_of

# Q4_K_M files as published.
FILES = {
    "qwen3-0.6b": 396_705_472,
    "qwen3-4b": 2_497_280_256,
    "qwen3-8b": 5_027_783_488,
    "qwen3-32b": 19_762_149_024,
}
CONTEXTS = (4096, 32_768)


@dataclass(frozen=True)
class Row:
    """Bytes by each calculator, and the weights in the file by ours."""

    model: str
    context_tokens: int
    ours: int
    low: int
    high: int
    ggufvram: float
    oobabooga: float
    file_error: int


def rows() -> Iterator[Row]:
    engine = next(engine for engine in OTHER_ENGINES if engine.key == "llama.cpp")
    for name, file_bytes in FILES.items():
        config, shape = released_config(name), shape_of(name)
        heads = (config.num_key_value_heads, config.head_dim, config.hidden_size)
        model = GgufModel(shape.parameters, file_bytes, config.num_hidden_layers, *heads)
        tensors = sum(term.size_bytes for term in gguf_terms(shape, "Q4_K_M"))
        for tokens in CONTEXTS:
            found = what_if(engine, CalculatorInputs(subject_of(name), Scheme.parse("W4A8"), tokens))
            others = ggufvram_bytes(model, tokens), oobabooga_bytes(model, tokens)
            yield Row(
                name,
                tokens,
                found.total_bytes,
                found.low_bytes,
                found.high_bytes,
                *others,
                file_bytes - tensors,
            )


def main() -> None:
    print(f"{'Q4_K_M, GiB':12} {'context':>8} {'ours':>7} {'band':>15} {'ggufvram':>9} {'oobabooga':>10}")
    for row in rows():
        ours, low, high = (size / GIB for size in (row.ours, row.low, row.high))
        print(
            f"{row.model:12} {row.context_tokens:8,} {ours:7.2f} {low:7.2f}–{high:<7.2f} "
            f"{row.ggufvram / GIB:9.2f} {row.oobabooga / GIB:10.2f}"
        )


if __name__ == "__main__":
    main()
