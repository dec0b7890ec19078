"""How fast a loaded model reads and writes, what a token costs the processor, and how near peaks that is."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gpu.drawing import DeviceDrawing
from gpu.kit import record
from gpu.model import Model
from gpu.model_shape import ModelShape
from gpu.roofline import Rates, decode_bound, prefill_bound, weight_bytes_read
from gpu.sampling import Sampling

SEED = 0
CONTEXT_TOKENS = 16  # decoded at each of the contexts asked for
_TURNS = 3
_RECORDINGS = 20


def random_prompt(model: Model, tokens: int) -> list[int]:
    random = np.random.default_rng(SEED)
    ids: list[int] = random.integers(0, model.config.vocab_size, tokens).tolist()
    return ids


def measure_speeds(model: Model, prompt_tokens: int, new_tokens: int) -> dict[str, float]:
    """Tokens per second after one warm-up, which compiles the kernels and touches every weight."""
    prompt = random_prompt(model, prompt_tokens)
    began = time.perf_counter()
    prefill_s(model, prompt)
    decode_s(model, 1)
    warm_up_s = time.perf_counter() - began
    prompt_s = prefill_s(model, prompt)
    began_cpu_s = time.process_time()
    answer_s = decode_s(model, new_tokens)
    cpu_s = time.process_time() - began_cpu_s
    return {
        "warm_up_s": warm_up_s,
        "prefill_tokens_per_s": prompt_tokens / prompt_s,
        "decode_tokens_per_s": new_tokens / answer_s,
        "decode_cpu_ms_per_token": cpu_s / new_tokens * 1e3,
        "record_ms_per_token": recording_ms(model),
    }


def measure_probes(model: Model, prompt_tokens: int, new_tokens: int) -> dict[str, float]:
    """What the probes add to a token's time, and to a prompt's: there the best of a few turns of either."""
    prompt = random_prompt(model, prompt_tokens)
    prefill_s(model, prompt)
    seconds = {}
    for probed in (False, True):
        model.rewind(prompt_tokens)
        decode_s(model, 1, probed=probed)
        model.rewind(prompt_tokens)
        seconds[probed] = decode_s(model, new_tokens, probed=probed)
    prefill_s(model, prompt, probed=True)
    turns = [(prefill_s(model, prompt), prefill_s(model, prompt, probed=True)) for _ in range(_TURNS)]
    plain, probed_s = (min(turn[i] for turn in turns) for i in (0, 1))
    return {"probes_overhead": seconds[True] / seconds[False] - 1, "capture_overhead": probed_s / plain - 1}


def measure_contexts(model: Model, contexts: Sequence[int]) -> list[dict[str, float]]:
    """Speed of decoding after each number of tokens, shortest first.

    The cache is said to hold them; what it really holds there changes no speed, and reading it takes long.
    """
    found = []
    for context in sorted(set(contexts)):
        model.cached_ids[:] = [0] * (context - 1)
        decode_s(model, 1)
        seconds = decode_s(model, CONTEXT_TOKENS)
        found.append({"context_tokens": context, "decode_tokens_per_s": CONTEXT_TOKENS / seconds})
    model.rewind(0)
    return found


def recording_ms(model: Model) -> float:
    """Processor time of this thread to record the commands of a token, without running them."""
    ops, spent = model.token_ops(), []
    for _ in range(_RECORDINGS):
        began_s = time.thread_time()
        record(model.gpu, ops, 1)
        spent.append(time.thread_time() - began_s)
    return statistics.median(spent) * 1e3


def against_peaks(
    model: Model, speeds: dict[str, float], rates: Rates, context_tokens: int
) -> dict[str, Any]:
    """Bytes a second of decoding, operations a second of a prompt, and what shares of the peaks they are."""
    shape = ModelShape.from_config(model.config)
    decode = decode_bound(shape, model.scheme, rates, context_tokens)
    prefill = prefill_bound(shape, model.scheme, rates)
    read = decode.amount_bytes * speeds["decode_tokens_per_s"]
    computed = prefill.operations * speeds["prefill_tokens_per_s"]
    bandwidth, peak = rates.bandwidth_bytes_per_s, rates.operations_per_s(model.scheme)
    return {
        "peak_bytes_per_s": bandwidth,
        "peak_operations_per_s": peak,
        "decode_bytes_per_s": read,
        "prefill_operations_per_s": computed,
        "decode_share_of_peak": read / bandwidth if bandwidth else None,
        "prefill_share_of_peak": computed / peak if peak else None,
    }


def best_of(before: Rates, after: Rates) -> Rates:
    """Peaks measured twice: what else the machine does only ever takes away."""
    bandwidths = before.bandwidth_bytes_per_s, after.bandwidth_bytes_per_s
    products = before.integer_operations_per_s, after.integer_operations_per_s
    return replace(
        before,
        bandwidth_bytes_per_s=max((rate for rate in bandwidths if rate is not None), default=None),
        integer_operations_per_s=max((rate for rate in products if rate is not None), default=None),
    )


def weight_bytes_per_token(model: Model) -> int:
    """Bytes of weights, scales and norms that decoding one token reads, without the cache."""
    return weight_bytes_read(ModelShape.from_config(model.config), model.scheme)


def prefill_s(model: Model, prompt: Sequence[int], *, probed: bool = False) -> float:
    """Seconds to read a prompt into an empty cache, to its logits."""
    model.rewind(0)
    began = time.perf_counter()
    for _ in model.feed(prompt, probed=probed):
        pass
    model.last_logits()
    return time.perf_counter() - began


def decode_s(model: Model, tokens: int, *, probed: bool = False) -> float:
    """Seconds to draw greedy tokens one by one, each fed before the next, as an answer is."""
    model.last_logits()
    began = time.perf_counter()
    drawing = DeviceDrawing(model, Sampling(temperature=0), most=tokens + 1, probed=probed)
    for _ in range(tokens):
        drawing.feed(drawing.next().token_id)
    drawing.next()
    return time.perf_counter() - began
