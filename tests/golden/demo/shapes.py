"""Questions and answers about the released Qwen3 shapes, computed from shapes.json."""

import json
from pathlib import Path
from typing import Any

from tests.golden.demo.entries import CORPUS, Entry
from tests.golden.demo.spin import sentences

HEAD_DIM = 128
BITS_PER_WEIGHT = 4.5
GIB = 2**30


def shape_entries(path: Path = CORPUS / "shapes.json") -> list[Entry]:
    """Five entries for each released model."""
    makers = (_shape, _heads, _parameters, _cache, _weights)
    return [make(f"Qwen3-{row['name']}", row) for row in json.loads(path.read_text()) for make in makers]


def _entry(topic: str, questions: list[str], answer: str) -> Entry:
    return Entry(topic, tuple(questions), (sentences(answer),), ())


def _shape(name: str, row: dict[str, Any]) -> Entry:
    experts = " in each of 128 experts" if "active" in row else ""
    return _entry(
        f"the shape of {name}",
        [
            f"[How many layers|What hidden size|What shape|Which shape] does {name} have?",
            f"[How many channels|What FFN size] does {name} have?",
            f"What is the [shape|hidden size|size|number of layers|FFN size|depth] of {name}?",
            f"[Tell me about|What is|Describe] {name}[.|?]",
        ],
        f"{name} has {row['layers']} layers, hidden size {row['hidden']} and [a feed-forward|an FFN] size of "
        f"{row['ffn']}{experts}. Its head dimension is "
        "[128, as in all of Qwen3|128 like everywhere in Qwen3].",
    )


def _heads(name: str, row: dict[str, Any]) -> Entry:
    tied = "shares its output head with the embedding" if row["tied"] else "has an output head of its own"
    return _entry(
        f"the heads of {name}",
        [
            f"How many [heads|attention heads|KV heads|query heads|key and value heads] does {name} have?",
            f"Is {name} tied?",
            f"What is the number of [heads|KV heads|attention heads] [of|in] {name}?",
            f"Does {name} [share|tie] [its embedding|the head|its embeddings]?",
        ],
        f"{name} has {row['heads']} query heads and {row['kv_heads']} [KV heads|key and value heads], "
        f"{row['heads'] // row['kv_heads']} to one. It {tied}.",
    )


def _parameters(name: str, row: dict[str, Any]) -> Entry:
    active = f", of which {row['active']} billion are active for a token" if "active" in row else ""
    return _entry(
        f"the parameters of {name}",
        [
            f"How many parameters does {name} have?",
            f"What is the [parameter count|number of parameters|number of weights] of {name}?",
            f"How [big|large] is {name}?",
            f"How many weights [are in|does] {name}[| have]?",
        ],
        f"{name} [has exactly|has] {row['parameters']:,} parameters{active}.",
    )


def _cache(name: str, row: dict[str, Any]) -> Entry:
    per_token = 2 * row["layers"] * row["kv_heads"] * HEAD_DIM * 2
    return _entry(
        f"the KV cache of {name}",
        [
            f"How [large|big] is the KV cache of {name}?",
            f"How much [KV cache|cache|memory per token] does {name} need?",
            f"What does the KV cache of {name} [cost|need|take]?",
            f"How many bytes per token does {name} [store|need]?",
            f"How much memory does the context of {name} [take|need]?",
        ],
        f"In f16 the KV cache of {name} [takes|needs] {per_token // 1024} KiB per token. "
        f"[With|At] 8,192 tokens that [is|makes] {per_token * 8192 / GIB:.3g} GiB, and "
        f"at 32,768 tokens {per_token * 32768 / GIB:.3g} GiB.",
    )


def _weights(name: str, row: dict[str, Any]) -> Entry:
    count = row["parameters"]
    return _entry(
        f"the weights of {name} in memory",
        [
            f"How much memory [does|do the weights of] {name} need?",
            f"How [large|big] is {name} in [4 bits|memory|W4A8|bf16|16 bits]?",
            f"Can I run {name}?",
            f"What GPU do I need for {name}?",
            f"Does {name} fit [on my GPU|in memory]?",
            f"How many [GB|gigabytes] does {name} take?",
        ],
        f"At 4.5 bits per weight {name} [takes|needs] {count * BITS_PER_WEIGHT / 8e9:.3g} GB, "
        f"[in bf16|with 16 bits] {count * 2 / 1e9:.3g} GB. "
        "The KV cache and [some|a little] workspace come on top.",
    )
