"""Measures the exported model with fake quantization and lets it answer.

python -m tests.golden.demo.evaluate [--model assets/demo] [--scheme W4A8] ["a question" ...]
"""

import argparse
import json
import re
from pathlib import Path

import jinja2
import torch
import torch.nn.functional as F  # noqa: N812  (torch's own idiom)
from safetensors.torch import load_file
from tokenizers import Tokenizer

from tests.golden.demo.batches import TEMPLATE
from tests.golden.demo.export import ASSETS
from tests.golden.demo.fake_quant import Numerics
from tests.golden.demo.model import Qwen3

SCHEMES = {
    "W16A16": Numerics(16, 16),
    "W4A16": Numerics(4, 16),
    "W4A8": Numerics(4, 8),
    "W8A8": Numerics(8, 8),
    "W8A8@tensor": Numerics(8, 8, per_tensor=True),
    "W4A4": Numerics(4, 4),
    "W4A4@tensor": Numerics(4, 4, per_tensor=True),
}
CHUNK_TOKENS = 512
MAX_NEW_TOKENS = 160


def main() -> None:
    """Print the answers to the given questions, or else each scheme's perplexity and what is understood."""
    options = _options()
    torch.set_num_threads(2)
    model, tokenizer = load(options.model)
    for question in options.questions:
        print(f"? {question}\n> {answer(model, tokenizer, question, SCHEMES[options.scheme])}\n")
    if not options.questions:
        text = (options.model / "heldout.txt").read_text()
        for name, numerics in SCHEMES.items():
            print(f"{name:12} {perplexity(model, tokenizer.encode(text).ids, numerics):.3f}", flush=True)
        print(f"understood   {understood(model, tokenizer, SCHEMES[options.scheme]):.0%} of own_words.json")


def load(folder: Path) -> tuple[Qwen3, Tokenizer]:
    """The model as it lies in `folder`, planted outliers and all, in f32."""
    model = Qwen3(json.loads((folder / "config.json").read_text()))
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: value.float() for name, value in weights.items()})
    return model.eval(), Tokenizer.from_file(str(folder / "tokenizer.json"))


@torch.no_grad()
def perplexity(model: Qwen3, ids: list[int], numerics: Numerics) -> float:
    """exp of the mean loss over chunks of 512 tokens, each read on its own."""
    total, count = 0.0, 0
    for start in range(0, len(ids) - 1, CHUNK_TOKENS):
        chunk = torch.tensor([ids[start : start + CHUNK_TOKENS]])
        logits = model(chunk, torch.zeros_like(chunk), numerics)[0, :-1]
        total += F.cross_entropy(logits, chunk[0, 1:], reduction="sum").item()
        count += chunk.shape[1] - 1
    return float(torch.tensor(total / count).exp())


@torch.no_grad()
def answer(model: Qwen3, tokenizer: Tokenizer, question: str, numerics: Numerics) -> str:
    """The greedy answer to one question, without thinking."""
    messages = [{"role": "user", "content": question}]
    prompt = jinja2.Template(TEMPLATE.read_text()).render(
        messages=messages, add_generation_prompt=True, enable_thinking=False
    )
    ids = tokenizer.encode(prompt).ids
    start, end = len(ids), model.config["eos_token_id"]
    while len(ids) < start + MAX_NEW_TOKENS and (len(ids) == start or ids[-1] != end):
        row = torch.tensor([ids])
        ids.append(int(model(row, torch.zeros_like(row), numerics)[0, -1].argmax()))
    return str(tokenizer.decode(ids[start:]))


def understood(model: Qwen3, tokenizer: Tokenizer, numerics: Numerics) -> float:
    """The share of questions, in words the corpus does not use, whose answer holds what it should."""
    asked = json.loads((Path(__file__).parent / "own_words.json").read_text())
    return sum(bool(re.search(want, answer(model, tokenizer, text, numerics))) for text, want in asked) / len(
        asked
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=ASSETS)
    parser.add_argument("--scheme", choices=sorted(SCHEMES), default="W4A8")
    parser.add_argument("questions", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    main()
