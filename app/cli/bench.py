"""`quantscope bench`: how fast a model reads a prompt and writes an answer on this adapter."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import benchmark
from app.bench_history import BenchHistory
from app.cli import arguments
from app.cli.bench_table import print_bench
from app.cli.output import print_json
from app.engine_session import EngineOptions, EngineSession, ModelFiles
from app.library import find_config
from gpu.checkpoints import Checkpoint
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.errors import RequestError
from gpu.kernel_times import KernelTime, kernel_times
from gpu.microbench import measure_rates
from gpu.units import parse_count

_TOLERANCE_PERCENT = 10.0


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
    parser.add_argument("--kernels", action="store_true", help="time each kernel of a token on the device")
    parser.add_argument("--probes", action="store_true", help="measure what the activation probes cost, too")
    parser.add_argument(
        "--regression",
        type=Path,
        metavar="FILE",
        help="compare with the best speeds in this JSON file, and keep what is better; status 1 if slower",
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=_TOLERANCE_PERCENT,
        metavar="P",
        help="percent that a speed may fall short of its best (default 10)",
    )
    arguments.add_engine(parser)
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    checkpoint, options = _subject(args)
    history = None if args.regression is None else BenchHistory(args.regression)
    began = time.perf_counter()
    with EngineSession(checkpoint, options) as session:
        load_s = time.perf_counter() - began
        document = _document(args, options, session) | {"load_s": load_s}
    if args.json:
        print_json(document)
    else:
        print_bench(document)
    if history is not None:
        _compare(history, document, args.tolerance / 100)
    return 0


def _subject(args: Namespace) -> tuple[Checkpoint, EngineOptions]:
    """What to load, with room for just the benchmark; random weights are not worth keeping on disk."""
    if (args.model is None) == (args.synthetic is None):
        args.usage_error("give either MODEL or --synthetic SHAPE")
    if not 0 <= args.tolerance < 100:
        args.usage_error("--tolerance is a percentage from 0 to below 100")
    longest = max((context + benchmark.CONTEXT_TOKENS for context in args.contexts), default=0)
    options = arguments.engine_options(args, max(args.prompt_tokens + args.new_tokens, longest))
    if args.model is not None:
        return ModelFiles.open(args.model).checkpoint, options
    return SyntheticCheckpoint(find_config(args.synthetic)), replace(options, cache_directory=None)


def _document(args: Namespace, options: EngineOptions, session: EngineSession) -> dict[str, Any]:
    model, gpu = session.model, session.gpu
    held = {"memory_bytes": gpu.ledger.by_purpose(), "total_bytes": gpu.ledger.total_bytes()}
    before = measure_rates(gpu)
    speeds = benchmark.measure_speeds(model, args.prompt_tokens, args.new_tokens)
    rates = benchmark.best_of(before, measure_rates(gpu))
    middle = args.prompt_tokens + args.new_tokens // 2
    found = {
        "model": args.synthetic or args.model,
        "adapter": gpu.adapter.name,
        "scheme": str(options.scheme),
        "prompt_tokens": args.prompt_tokens,
        "new_tokens": args.new_tokens,
        **speeds,
        **benchmark.against_peaks(model, speeds, rates, middle),
        "decode_by_context": benchmark.measure_contexts(model, args.contexts),
        "weight_bytes_per_token": benchmark.weight_bytes_per_token(model),
        "dispatches_per_token": model.dispatches_per_token,
        **held,
        "process_peak_bytes": _process_peak_bytes(),
    }
    if args.probes:
        found |= benchmark.measure_probes(model, args.prompt_tokens, args.new_tokens)
    if args.kernels:
        benchmark.prefill_s(model, benchmark.random_prompt(model, args.prompt_tokens))
        found["kernels"] = [_kernel(time) for time in kernel_times(model)]
    return found


def _kernel(time: KernelTime) -> dict[str, Any]:
    return {
        "kernel": time.kernel,
        "matrix": time.matrix,
        "calls": time.calls,
        "ms": time.ms,
        "bytes_per_s": time.bytes_per_s,
        "operations_per_s": time.operations_per_s,
    }


def _process_peak_bytes() -> int | None:
    """The most memory this process had, where the system tells; in KiB, on macOS in bytes."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not there on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _compare(history: BenchHistory, document: dict[str, Any], tolerance: float) -> None:
    """Raises RequestError that says what got slower, after keeping the rest."""
    figures = {
        f"prefill of {document['prompt_tokens']}": document["prefill_tokens_per_s"],
        f"decode after {document['prompt_tokens']}": document["decode_tokens_per_s"],
    } | {
        f"decode at {point['context_tokens']}": point["decode_tokens_per_s"]
        for point in document["decode_by_context"]
    }
    model = f"{document['model']} {document['scheme']}"
    slower = history.slower(document["adapter"], model, figures, tolerance)
    history.keep(document["adapter"], model, figures)
    if slower:
        raise RequestError(f"Slower than it was by more than {tolerance:.0%}: {'; '.join(slower)}.")
