"""`quantscope budget`: what a model takes in memory, term by term, without loading it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from app.catalogue import find_card
from app.cli.arguments import add_scheme, quantity
from app.cli.budget_table import print_presets
from app.cli.output import ProgressLine, print_json, print_table
from app.cli.verdict import Place, Verdict, judge
from app.measured_rates import MeasuredRatesFile
from app.subjects import find_subject, read_subject
from app.truth import TruthFile, driver_overhead
from gpu.budget import DEFAULT_CONTEXT_TOKENS, Term
from gpu.calculator.device_profile import HARDWARE, DeviceProfile
from gpu.calculator.estimate import Estimate, estimate
from gpu.calculator.inputs import CalculatorInputs, Lora
from gpu.calculator.planning import profile_of
from gpu.calculator.subject import Subject
from gpu.device import Gpu, open_gpu
from gpu.memory_total import available_bytes
from gpu.microbench import measure_rates
from gpu.roofline import Rates
from gpu.scheme import Scheme
from gpu.units import parse_bytes, parse_count, parse_parameters, size_text

RAW_FLAGS = ("params", "layers", "kv_heads", "head_dim")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        help="a directory, a .gguf or .safetensors file, demo, qwen3-8b, or owner/model on the Hub",
    )
    raw = parser.add_argument_group("a model of which only this is known")
    raw.add_argument("--params", type=quantity(parse_parameters), metavar="N", help="such as 8B")
    raw.add_argument("--layers", type=quantity(parse_count), metavar="L")
    raw.add_argument("--kv-heads", type=quantity(parse_count), metavar="H")
    raw.add_argument("--head-dim", type=quantity(parse_count), metavar="D")
    add_scheme(parser)
    _add_wishes(parser)
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--card", metavar="NAME", help="a card of the catalogue: does it fit, how fast at best"
    )
    place.add_argument("--memory", type=quantity(parse_bytes), metavar="SIZE", help="such as 24GiB")
    place.add_argument(
        "--measure", action="store_true", help="measure this machine's adapter: does it fit, how fast"
    )
    parser.add_argument("--table", action="store_true", help="every released model under every scheme")
    parser.set_defaults(usage_error=parser.error)


def _add_wishes(parser: ArgumentParser) -> None:
    count, size = quantity(parse_count), quantity(parse_bytes)
    parser.add_argument(
        "--context", type=count, metavar="N", help="such as 32k (default: the model's, up to 4096)"
    )
    parser.add_argument("--batch", type=count, default=1, metavar="B", help="requests computed together")
    parser.add_argument("--chats", type=count, default=1, metavar="N", help="conversations that are kept")
    parser.add_argument("--lora-rank", type=count, metavar="R", help="of a low-rank adapter on all matrices")
    parser.add_argument("--display", type=size, default=0, metavar="SIZE", help="what the display takes")


def run(args: Namespace) -> int:
    place, device, driver_bytes = _place(args)
    if args.table:
        capacity = None if place is None else place.available_bytes
        wish = _wish(args, read_subject("qwen3-0.6b"), device, driver_bytes)
        print_presets(wish, capacity, as_json=args.json)
        return 0
    subject = _of_numbers(args) if args.model is None else _of_model(args)
    found = estimate(_wish(args, subject, device, driver_bytes))
    verdict = judge(found, place) if place is not None else Verdict()
    if args.json:
        print_json({**_summary(found), **verdict.summary()})
    else:
        _print(found, verdict)
    return 0


def _wish(
    args: Namespace, subject: Subject, device: DeviceProfile, driver_bytes: int | None
) -> CalculatorInputs:
    longest = subject.shape.max_context_tokens or DEFAULT_CONTEXT_TOKENS
    return CalculatorInputs(
        subject,
        Scheme.parse(args.scheme),
        args.context or min(DEFAULT_CONTEXT_TOKENS, longest),
        batch=args.batch,
        chats=args.chats,
        lora=Lora(args.lora_rank) if args.lora_rank is not None else None,
        display_bytes=args.display,
        driver_bytes=driver_bytes,
        device=device,
    )


def _place(args: Namespace) -> tuple[Place | None, DeviceProfile, int | None]:
    """Where it should fit, if anywhere; on what it is planned: the named adapter, else any card; and what
    that adapter's driver took for itself in earlier loads.
    """
    if args.adapter is None and not args.measure:
        place = Place.of_card(find_card(args.card)) if args.card is not None else None
        return (Place(args.memory) if args.memory is not None else place), HARDWARE, None
    gpu = open_gpu(args.adapter)
    try:
        if args.card is not None:
            return Place.of_card(find_card(args.card)), profile_of(gpu), None
        free = args.memory or available_bytes(gpu.adapter.kind, gpu.adapter.total_bytes)
        rates = _rates(gpu, anew=args.measure)
        place = Place(free, gpu.adapter.name, rates) if free else None
        return (
            place,
            profile_of(gpu),
            driver_overhead(TruthFile().load(), gpu.adapter.name, gpu.adapter.driver),
        )
    finally:
        gpu.close()


def _rates(gpu: Gpu, *, anew: bool) -> Rates:
    """Those measured earlier, or now."""
    file = MeasuredRatesFile()
    if not anew:
        return file.load(gpu.adapter) or Rates()
    line = ProgressLine()
    rates = measure_rates(gpu, lambda done, total: line.show(f"Measuring {done / total:.0%}"))
    line.clear()
    file.save(gpu.adapter, rates)
    return rates


def _of_model(args: Namespace) -> Subject:
    if any(getattr(args, flag) is not None for flag in RAW_FLAGS):
        args.usage_error("give either MODEL or --params, --layers, --kv-heads and --head-dim")
    return find_subject(args.model)


def _of_numbers(args: Namespace) -> Subject:
    if any(getattr(args, flag) is None for flag in RAW_FLAGS):
        args.usage_error("give MODEL, or all of --params, --layers, --kv-heads and --head-dim")
    return Subject.of_numbers(args.params, args.layers, args.kv_heads, args.head_dim)


def _summary(found: Estimate) -> dict[str, object]:
    """What the command line prints: JSON types only."""
    inputs = found.inputs
    return {
        "model": inputs.subject.name,
        "parameters": inputs.subject.shape.parameters,
        "scheme": str(inputs.scheme),
        "context_tokens": inputs.context_tokens,
        "batch": inputs.batch,
        "chats": inputs.chats,
        "weights_bytes": found.weights_bytes,
        "scales_bytes": found.scales_bytes,
        "other_weights_bytes": found.other_weights_bytes,
        "kv_cache_bytes": found.kv_cache_bytes,
        "kv_bytes_per_token": found.kv_bytes_per_token,
        "workspace_bytes": found.workspace_bytes,
        "total_bytes": found.total_bytes,
        "terms": [_term(term) for term in found.terms],
        "refusal": found.refusal,
        "notes": list(found.notes),
    }


def _term(term: Term) -> dict[str, object]:
    return {
        "purpose": term.purpose,
        "name": term.name,
        "bytes": term.size_bytes,
        "formula": term.formula,
        "symbols": term.symbols,
        "label": term.label,
    }


def _print(found: Estimate, verdict: Verdict) -> None:
    rows = [(term.purpose, term.name, size_text(term.size_bytes), term.formula) for term in found.terms]
    print_table([*rows, ("total", "", size_text(found.total_bytes), f"{found.total_bytes:,} B")])
    print(f"\nEach token of context takes {size_text(found.kv_bytes_per_token)} of the cache.")
    for sentence in (*verdict.lines(), *found.notes, *([found.refusal] if found.refusal else [])):
        print(sentence)
