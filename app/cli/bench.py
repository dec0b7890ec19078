"""`quantscope bench`: how fast a model reads a prompt and writes an answer on this adapter."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import Any

import numpy as np

from app.cli import arguments
from app.cli.output import print_fields, print_json
from app.engine_session import EngineOptions, EngineSession, ModelFiles
from app.library import find_config
from gpu.checkpoints import Checkpoint
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.model import Model
from gpu.model_shape import ModelShape
from gpu.roofline import weight_bytes_read
from gpu.units import parse_count, size_text

SEED = 0
_TURNS = 3
_CONTEXT_TOKENS = 16  # decoded at each of the contexts asked for


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a checkpoint directory, or demo")
    parser.add_argument(
        "--synthetic", metavar="SHAPE", help="random weights of a shape instead, such as qwen3-0.6b"
    )
    count = arguments.quantity(parse_count)
    parser.add_argument("--prompt-tokens", type=count, default=512, metavar="N", help="default 512")
    parser.add_argument("--new-tokens", type=count, default=128, metavar="M", help="default 128")
    parser.add_argument(
        "--contexts",
        type=count,
        nargs="+",
        default=[],
        metavar="N",
        help="measure decoding after N tokens of context, too, such as 128 1k 4k",
    )
    parser.add_argument("--probes", action="store_true", help="measure what the activation probes cost, too")
    arguments.add_engine(parser)
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    checkpoint, options = _subject(args)
    started = time.perf_counter()
    with EngineSession(checkpoint, options) as session:
        load_s = time.perf_counter() - started
        speeds = _measure(session.model, args)
        by_context = _by_context(session.model, args.contexts)
        document = {
            "model": args.synthetic or args.model,
            "adapter": session.gpu.adapter.name,
            "scheme": str(options.scheme),
            "prompt_tokens": args.prompt_tokens,
            "new_tokens": args.new_tokens,
            **speeds,
            "decode_by_context": by_context,
            "weight_bytes_per_token": _weight_bytes_per_token(session.model),
            "dispatches_per_token": session.model.dispatches_per_token,
            "load_s": load_s,
            "memory_bytes": session.gpu.ledger.by_purpose(),
            "total_bytes": session.gpu.ledger.total_bytes(),
        }
    if args.json:
        print_json(document)
    else:
        _print(document)
    return 0


def _subject(args: Namespace) -> tuple[Checkpoint, EngineOptions]:
    """What to load, with room for just the benchmark; random weights are not worth keeping on disk."""
    if (args.model is None) == (args.synthetic is None):
        args.usage_error("give either MODEL or --synthetic SHAPE")
    longest = max((context + _CONTEXT_TOKENS for context in args.contexts), default=0)
    options = arguments.engine_options(args, max(args.prompt_tokens + args.new_tokens, longest))
    if args.model is not None:
        return ModelFiles.open(args.model).checkpoint, options
    return SyntheticCheckpoint(find_config(args.synthetic)), replace(options, cache_directory=None)


def _measure(model: Model, args: Namespace) -> dict[str, float]:
    """Tokens per second after one warm-up, which compiles the kernels and touches every weight."""
    random = np.random.default_rng(SEED)
    prompt = random.integers(0, model.config.vocab_size, args.prompt_tokens).tolist()
    _prefill_s(model, prompt)
    _decode_s(model, 1, probed=False)
    prefill_s = _prefill_s(model, prompt)
    began_cpu_s = time.process_time()
    decode_s = _decode_s(model, args.new_tokens, probed=False)
    decode_cpu_s = time.process_time() - began_cpu_s
    speeds = {
        "prefill_tokens_per_s": args.prompt_tokens / prefill_s,
        "decode_tokens_per_s": args.new_tokens / decode_s,
        "decode_cpu_ms_per_token": decode_cpu_s / args.new_tokens * 1e3,
    }
    if args.probes:
        model.rewind(args.prompt_tokens)
        _decode_s(model, 1, probed=True)
        model.rewind(args.prompt_tokens)
        speeds["probes_overhead"] = _decode_s(model, args.new_tokens, probed=True) / decode_s - 1
        speeds["capture_overhead"] = _capture_overhead(model, prompt)
    return speeds


def _by_context(model: Model, contexts: list[int]) -> list[dict[str, float]]:
    """Speed of decoding after each number of tokens, shortest first; the cache grows from one to the next."""
    random = np.random.default_rng(SEED)
    model.rewind(0)
    found = []
    for context in sorted(set(contexts)):
        missing = context - len(model.cached_ids)
        for _ in model.feed(random.integers(0, model.config.vocab_size, missing).tolist()):
            pass
        decode_s = _decode_s(model, _CONTEXT_TOKENS, probed=False)
        model.rewind(context)
        found.append({"context_tokens": context, "decode_tokens_per_s": _CONTEXT_TOKENS / decode_s})
    return found


def _capture_overhead(model: Model, prompt: list[int]) -> float:
    """How much longer a prompt takes with the probes on, the best of a few turns of either."""
    _prefill_s(model, prompt, probed=True)
    turns = [(_prefill_s(model, prompt), _prefill_s(model, prompt, probed=True)) for _ in range(_TURNS)]
    plain = min(turn[0] for turn in turns)
    return min(turn[1] for turn in turns) / plain - 1


def _prefill_s(model: Model, prompt: list[int], *, probed: bool = False) -> float:
    model.rewind(0)
    started = time.perf_counter()
    for _ in model.feed(prompt, probed=probed):
        pass
    model.last_logits()
    return time.perf_counter() - started


def _decode_s(model: Model, tokens: int, *, probed: bool) -> float:
    """Feed greedy tokens one by one, each chosen from the logits after the one before."""
    token = int(np.argmax(model.last_logits()))
    started = time.perf_counter()
    for _ in range(tokens):
        for _ in model.feed((token,), probed=probed):
            pass
        token = int(np.argmax(model.last_logits()))
    return time.perf_counter() - started


def _weight_bytes_per_token(model: Model) -> int:
    """Bytes of weights, scales and norms that decoding one token reads, without the cache."""
    return weight_bytes_read(ModelShape.from_config(model.config), model.scheme)


def _print(document: dict[str, Any]) -> None:
    fields = {
        "adapter": document["adapter"],
        "model": f"{document['model']}, {document['scheme']}, loaded in {document['load_s']:.1f} s",
        "prefill": f"{document['prefill_tokens_per_s']:.1f} tokens/s over {document['prompt_tokens']}",
        "decode": f"{document['decode_tokens_per_s']:.1f} tokens/s over {document['new_tokens']}, "
        f"{document['decode_cpu_ms_per_token']:.1f} ms of CPU a token",
        "a token": f"{size_text(document['weight_bytes_per_token'])} of weights, "
        f"{document['dispatches_per_token']} dispatches",
        "memory": size_text(document["total_bytes"]),
    }
    for point in document["decode_by_context"]:
        name = f"after {point['context_tokens']:,}"
        fields[name] = f"{point['decode_tokens_per_s']:.1f} tokens/s"
    if "probes_overhead" in document:
        fields["probes"] = (
            f"{document['probes_overhead']:+.1%} of a token's time, "
            f"{document['capture_overhead']:+.1%} of a prompt's"
        )
    print_fields(fields)
