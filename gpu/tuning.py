"""Which variants of the kernels are fastest here: each is timed on the shapes of the model at hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gpu.activations import allocate
from gpu.device import Gpu
from gpu.errors import Cancelled
from gpu.kernels.attention import attention
from gpu.kernels.channel_rows import HEADER, ROWS, TOGETHER
from gpu.kernels.channel_stats import Tap, channel_stats
from gpu.kernels.emit import CODES, VALUES
from gpu.kernels.heads import Heads
from gpu.kernels.matmul import matmul
from gpu.kernels.matmul_pairs import matmul_pairs
from gpu.kernels.matrix import Norm, Sums
from gpu.kernels.matvec import matvec
from gpu.kernels.rms_norm import rms_norm
from gpu.kit import Kit, Op, record
from gpu.layouts import MatrixSpec, allocate_matrix
from gpu.qwen3.config import Qwen3Config
from gpu.qwen3.kv_cache import allocate_layer, cache_kind
from gpu.scheme import DEFAULT_GRANULARITY, Scheme
from gpu.variants import PARTS, ROWS_AT_ONCE, TEAMS, THREADS, TILES, Variants

CONTEXT_TOKENS = 4096  # that attention is timed at
CHUNK_TOKENS = 128  # of a prompt, that tiles are timed at
_MOST_PRODUCTS = 1 << 28  # of those tiles: software adapters take half a tenth of a second for so many
_WORTH_IT = 0.95  # of the time of what served before: less is the machine's noise
_ROUNDS, _ROUND_S, _MOST_REPEATS = 3, 0.01, 200
_OF_BUFFERS = ("rows", "tile")
_FORMATS = {4: "q4", 8: "q8", 16: "bf16"}
_EPSILON = 1e-6

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Trial:
    """One variant of one knob: what it dispatches for `tokens`, and a buffer that is written last."""

    knob: str
    value: int | str
    gpu: Gpu
    ops: Sequence[Op]
    out: Any
    tokens: int = 1


Timer = Callable[[Trial], float]


@dataclass(frozen=True)
class Workload:
    """The model the kernels are tuned for."""

    config: Qwen3Config
    scheme: Scheme

    @property
    def heads(self) -> Heads:
        c = self.config
        return Heads(c.num_attention_heads, c.num_key_value_heads, c.head_dim, c.rms_norm_eps)

    @property
    def has_pairs(self) -> bool:
        """Whether its weights could lie in either layout."""
        return self.scheme.weight_bits == 4 and self.scheme.activation_bits < 16 and not self.config.is_moe

    @property
    def quantizes_blocks(self) -> bool:
        """Whether matrices could quantize what they read."""
        return self.scheme.activation_bits < 16 and self.scheme.granularity == DEFAULT_GRANULARITY


def seconds(trial: Trial, clock: Callable[[], float] = time.perf_counter) -> float:
    """Of one pass: the best of three rounds, after one that compiles and warms up."""
    _run(trial, 1, clock)
    repeats = max(1, min(_MOST_REPEATS, int(_ROUND_S / max(_run(trial, 1, clock), 1e-6))))
    return min(_run(trial, repeats, clock) for _ in range(_ROUNDS)) / repeats


def _run(trial: Trial, repeats: int, clock: Callable[[], float]) -> float:
    commands = record(trial.gpu, [*trial.ops] * repeats, trial.tokens)
    began = clock()
    trial.gpu.submit(commands)
    trial.gpu.read(trial.out, 4)  # comes after all work before it
    return clock() - began


def tune(
    gpu: Gpu,
    workload: Workload,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancel = lambda: False,
    timer: Timer = seconds,
) -> Variants:
    """The fastest variants for decoding, knob by knob; what it allocates meanwhile is freed.

    Raises:
        Cancelled: `cancel` said so between two trials.
    """
    best, knobs = gpu.variants, dict(_knobs(gpu, workload))
    total, done = sum(map(len, knobs.values())), 0
    with gpu.guarded():
        for knob, values in knobs.items():
            if knob in _OF_BUFFERS and workload.has_pairs and best.layout == "pairs":
                done += len(values)  # nothing would run them
                progress(done, total)
                continue
            times: dict[int | str, float] = {}
            for value in values:
                if cancel():
                    raise Cancelled
                times[value] = _time(gpu, workload, best, knob, value, timer)
                done += 1
                progress(done, total)
            before = getattr(best, knob)
            fastest = min(times, key=times.__getitem__)
            # A busy machine must favour it twice.
            again = {value: _time(gpu, workload, best, knob, value, timer) for value in {before, fastest}}
            if all(each[fastest] < each[before] * _WORTH_IT for each in (times, again)):
                best = replace(best, **{knob: fastest})  # type: ignore[arg-type]
    return best


def _knobs(gpu: Gpu, workload: Workload) -> Iterator[tuple[str, Sequence[int | str]]]:
    most = gpu.limits["max-compute-invocations-per-workgroup"]
    yield "threads", [threads for threads in THREADS if threads <= most]
    yield "teams", [teams for teams in TEAMS if 8 * teams <= most]
    yield "parts", PARTS
    if workload.has_pairs and gpu.has("texture"):
        yield "layout", ["pairs", "buffer"]
    if workload.quantizes_blocks:
        yield "rows", [rows for rows in ROWS_AT_ONCE if 8 * rows <= most]
    yield "tile", [tile for tile in TILES if tile * tile // 16 <= most]


def _time(gpu: Gpu, workload: Workload, best: Variants, knob: str, value: int | str, timer: Timer) -> float:
    held = {id(entry.resource) for entry in gpu.ledger.entries()}
    chosen = replace(best, **{knob: value})  # type: ignore[arg-type]
    try:
        kit = Kit(replace(gpu, tuned=chosen))
        ops, out = _BUILDERS[knob](kit, workload)
        return timer(Trial(knob, value, gpu, ops, out, CHUNK_TOKENS if knob == "tile" else 1))
    finally:
        for entry in gpu.ledger.entries():
            if id(entry.resource) not in held:
                gpu.ledger.release(entry.resource)


def _rows(kit: Kit, workload: Workload) -> tuple[Sequence[Op], Any]:
    """A norm of the hidden state, and the statistics of the widest site: probes should cost little."""
    ledger, width = kit.gpu.ledger, workload.config.hidden_size
    x, out = (allocate(ledger, f"tuning {name}", 1, width, False) for name in ("x", "y"))
    gain = ledger.buffer("tuning gain", "workspace", x.stride * 4)
    widest = allocate(ledger, "tuning site", 1, workload.config.intermediate_size, False)
    stats = ledger.buffer("tuning statistics", "probes", (HEADER + ROWS * (widest.stride + TOGETHER)) * 4)
    ops = [rms_norm(kit, x, gain, _EPSILON, out, VALUES), channel_stats(kit, [Tap(widest, 0)], stats)]
    return ops, out.values


def _context(kit: Kit, workload: Workload) -> tuple[Sequence[Op], Any]:
    """Attention of one token to a long context."""
    gpu, heads = kit.gpu, workload.heads
    kind = cache_kind(gpu, heads, workload.scheme.kv_bits)
    cache = allocate_layer(gpu, heads, CONTEXT_TOKENS, kind, "tuning")
    q = gpu.ledger.buffer("tuning q", "workspace", heads.q_heads * heads.padded_dim * 4)
    out = allocate(gpu.ledger, "tuning y", 1, heads.out_width, False)
    size = heads.q_heads * kit.parts * (heads.padded_dim + 4) * 4
    parts = None if kit.parts == 1 else gpu.ledger.buffer("tuning parts", "workspace", size)
    kit.write_step(kit.step, 1, CONTEXT_TOKENS - 1)
    return attention(kit, heads, cache, q, out, columns=1, parts=parts), out.values


def _matrix(kit: Kit, workload: Workload) -> tuple[Sequence[Op], Any]:
    """Gate and up, the largest matrix of a layer, with the norm of its input."""
    gpu, config, scheme = kit.gpu, workload.config, workload.scheme
    rows, dtype = 2 * config.intermediate_size, _FORMATS[scheme.weight_bits]
    spec = MatrixSpec("tuning", (rows,), config.hidden_size, dtype, scheme.group)
    matrix = allocate_matrix(gpu, spec, gpu.variants.layout)
    x, normed = (allocate(gpu.ledger, f"tuning {name}", 1, spec.columns, True) for name in ("x", "norm"))
    y = gpu.ledger.buffer("tuning y", "workspace", rows * 4)
    gain, to = gpu.ledger.buffer("tuning gain", "workspace", x.stride * 4), Sums(y, rows)
    norm = Norm(gain, _EPSILON)
    if matrix.pairs is not None:
        return matmul_pairs(kit, matrix, x, to, columns=1, quantize=127, norm=norm), y
    if kit.rows:
        return matvec(kit, matrix, x, to, integer=True, quantize=127, norm=norm), y
    product = matvec(kit, matrix, normed, to, integer=True)
    return [rms_norm(kit, x, gain, _EPSILON, normed, CODES), *product], y


def _tiles(kit: Kit, workload: Workload) -> tuple[Sequence[Op], Any]:
    """Gate and up, or some rows of them where no card computes, of a chunk of a prompt."""
    gpu, config, scheme = kit.gpu, workload.config, workload.scheme
    rows, integer = 2 * config.intermediate_size, scheme.activation_bits < 16
    if gpu.is_software:
        rows = min(rows, max(64, _MOST_PRODUCTS // (CHUNK_TOKENS * config.hidden_size)))
    spec = MatrixSpec("tuning", (rows,), config.hidden_size, _FORMATS[scheme.weight_bits], scheme.group)
    x = allocate(gpu.ledger, "tuning x", CHUNK_TOKENS, spec.columns, integer)
    y = gpu.ledger.buffer("tuning y", "workspace", CHUNK_TOKENS * rows * 4)
    kit.write_step(kit.step, CHUNK_TOKENS, 0)
    matrix = allocate_matrix(gpu, spec, "buffer")
    return matmul(kit, matrix, x, Sums(y, rows), integer=integer), y


_BUILDERS: dict[str, Callable[[Kit, Workload], tuple[Sequence[Op], Any]]] = {
    "threads": _rows,
    "teams": _context,
    "parts": _context,
    "layout": _matrix,
    "rows": _matrix,
    "tile": _tiles,
}
