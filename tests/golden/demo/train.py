"""Trains the demo model from nothing and writes assets/demo.

    OMP_WAIT_POLICY=passive nice -n 10 python -m tests.golden.demo.train

(two threads; needs the `golden` dependency group and a C++ compiler).

Two phases under one cosine: 16-bit arithmetic first, then steps with fake W4A8 quantization in the planted
coordinates in between, so that the weights settle where 4 bits can hold them.
"""

import argparse
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (torch's own idiom)
from torch import Tensor

from tests.golden.demo.batches import Batch, Batches
from tests.golden.demo.conversations import OutOfDomain, Sampler, held_out_notes
from tests.golden.demo.entries import read_entries
from tests.golden.demo.export import ASSETS, export_text, export_weights
from tests.golden.demo.fake_quant import Numerics
from tests.golden.demo.model import Linear, Qwen3
from tests.golden.demo.plant import PLANTING, column_factors
from tests.golden.demo.shape import CONFIG, LAYERS
from tests.golden.demo.shapes import shape_entries
from tests.golden.demo.tokens import train_tokenizer
from tests.golden.demo.wording import Wording

SEED = 20
ROWS, TOKENS = 16, 320
LONG_ROWS, LONG_TOKENS, LONG_EVERY = 5, 960, 8
QUANTIZED_FROM = 0.65
SAVE_EVERY = 250
EXACT, QUANTIZED = Numerics(16, 16), Numerics(4, 8)


def main() -> None:
    """Train, then write every file of the folder."""
    options = _options()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    sampler = Sampler(read_entries() + shape_entries(), Wording.read(), OutOfDomain.read())
    tokenizer = train_tokenizer(_tokenizer_texts(sampler))
    options.out.mkdir(parents=True, exist_ok=True)
    export_text(tokenizer, held_out_notes(sampler.entries, random.Random(SEED)), options.out)
    model = Qwen3(CONFIG)
    set_planting(model)
    for step in train(model, Batches(sampler, tokenizer, SEED), options.steps, options.rate):
        if step % SAVE_EVERY == 0 or step == options.steps:
            export_weights(model, options.out)


def set_planting(model: Qwen3) -> None:
    """Tell the linear layers which of their inputs planting will scale."""
    modules = dict(model.named_modules())
    for name, columns in column_factors(PLANTING, LAYERS).items():
        linear = modules[name.removesuffix(".weight")]
        if not isinstance(linear, Linear):
            raise TypeError(f"{name} is not a linear layer.")
        for column, factor in columns.items():
            linear.column_scale[column] = float(factor)


def train(model: Qwen3, batches: Batches, steps: int, rate: float) -> Iterator[int]:
    """`steps` optimizer steps; yields how many are done and prints the loss as it goes."""
    optimizer = _optimizer(model, rate)
    loss_of = torch.compile(_loss, dynamic=False)
    started = time.monotonic()
    for step, batch in enumerate(_schedule(batches, steps)):
        for group in optimizer.param_groups:
            group["lr"] = rate * _cosine(step, steps)
        numerics = QUANTIZED if step >= QUANTIZED_FROM * steps and step % 3 else EXACT
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(model, *_tensors(batch), numerics)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"step {step} loss {loss.item():.4f} {time.monotonic() - started:.0f} s", flush=True)
        yield step + 1


def _schedule(batches: Batches, steps: int) -> Iterator[Batch]:
    """Short conversations, and every eighth time long ones."""
    for step in range(steps):
        long = step % LONG_EVERY == LONG_EVERY - 1
        yield batches.batch(LONG_ROWS, LONG_TOKENS, 12) if long else batches.batch(ROWS, TOKENS, 3)


def _loss(
    model: Qwen3, ids: Tensor, targets: Tensor, segments: Tensor, weights: Tensor, numerics: Numerics
) -> Tensor:
    logits = model(ids, segments, numerics)
    losses = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="none")
    return (losses * weights.flatten()).sum() / weights.sum()


def _optimizer(model: Qwen3, rate: float) -> torch.optim.Optimizer:
    matrices = [p for p in model.parameters() if p.ndim == 2]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95), fused=True)


def _cosine(step: int, steps: int) -> float:
    warmup = min(1.0, (step + 1) / 60)
    return warmup * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def _tensors(batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    arrays = (batch.ids, batch.targets, batch.segments, batch.weights)
    return tuple(torch.from_numpy(array) for array in arrays)  # type: ignore[return-value]


def _tokenizer_texts(sampler: Sampler) -> Iterator[str]:
    rng = random.Random(SEED)
    for _ in range(20_000):
        for turn in sampler.conversation(rng, 1).turns:
            yield from (turn.question, turn.answer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ASSETS)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=2e-3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
