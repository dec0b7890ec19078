"""Writes the golden files of this folder with `transformers`, the library whose behaviour they pin down.

    python -m tests.golden.text.generate

Trains the small tokenizer first if it is not there; the real one's file is written where that is at hand.
"""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path
from typing import Any

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import AutoTokenizer

from tests.golden.text import DIRECTORIES, GOLDEN, SMALL
from tests.golden.text.cases import CLOCK, CONVERSATIONS, SEARCH, TEXTS

SMALL_VOCABULARY = 600
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
ADDED = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>")
WORDS = "|".join(
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
        r"[^\r\n\p{L}\p{N}]?\p{L}+",
        r"\p{N}",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)


def train_small() -> None:
    """A byte-level BPE with Qwen3's pre-tokenizer, learned from the texts of cases.py."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=SMALL_VOCABULARY,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([*TEXTS.values()] * 2, trainer)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in ADDED])
    tokenizer.save(str(SMALL / "tokenizer.json"))
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "bos_token": None,
        "eos_token": "<|im_end|>",
        "pad_token": {
            "__type": "AddedToken",
            "content": "<|endoftext|>",
            "special": True,
            "normalized": False,
        },
        "clean_up_tokenization_spaces": False,
        "chat_template": "{{ raise_exception('chat_template.jinja should have won') }}",
    }
    (SMALL / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


def encoded(tokenizer: Any) -> list[dict[str, Any]]:
    return [{"name": name, "text": text, "ids": tokenizer(text)["input_ids"]} for name, text in TEXTS.items()]


def decoded(tokenizer: Any, seed: int) -> list[dict[str, Any]]:
    """Arbitrary ids, which no text encodes to: their bytes need not be UTF-8."""
    random_ids = random.Random(seed)
    sequences = [[random_ids.randrange(len(tokenizer)) for _ in range(24)] for _ in range(16)]
    for sequence in sequences[8:]:  # the added tokens are few: mix them in
        sequence[::5] = [random_ids.choice(sorted(tokenizer.added_tokens_decoder)) for _ in sequence[::5]]
    return [
        {
            "ids": ids,
            "text": tokenizer.decode(ids, skip_special_tokens=False),
            "without_special": tokenizer.decode(ids, skip_special_tokens=True),
        }
        for ids in sequences
    ]


def rendered(tokenizer: Any) -> list[dict[str, Any]]:
    cases = []
    for index, (name, messages) in enumerate(CONVERSATIONS.items()):
        offers = (None, [SEARCH, CLOCK]) if index % 3 == 0 else (None,)
        cases += [
            render(tokenizer, name, messages, tools, thinking, prompt=True)
            for thinking, tools in product((None, True, False), offers)
        ]
        cases.append(render(tokenizer, name, messages, None, None, prompt=False))
    return cases


def render(
    tokenizer: Any,
    name: str,
    messages: list[Any],
    tools: list[Any] | None,
    thinking: bool | None,
    *,
    prompt: bool,
) -> dict[str, Any]:
    options: dict[str, Any] = {"tools": tools, "add_generation_prompt": prompt}
    if thinking is not None:
        options["enable_thinking"] = thinking
    text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
    ids = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False, **options)
    return {
        "conversation": name,
        "tools": tools is not None,
        "enable_thinking": thinking,
        "add_generation_prompt": prompt,
        "text": text,
        "ids": ids,
    }


def write(directory: Path, target: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(str(directory))
    golden = {
        "encoded": encoded(tokenizer),
        "decoded": decoded(tokenizer, seed=7),
        "rendered": rendered(tokenizer),
    }
    sections = [
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]"
        for name, cases in golden.items()
    ]
    target.write_text("{\n" + ",\n".join(sections) + "\n}\n", encoding="ascii")


def main() -> None:
    if not (SMALL / "tokenizer.json").exists():
        train_small()
    for name, directory in DIRECTORIES.items():
        write(directory, GOLDEN / f"{name}.json")


if __name__ == "__main__":
    main()
