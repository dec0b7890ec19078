"""What `quantscope bench` prints for a person."""

from __future__ import annotations

from typing import Any

from app.cli.output import print_fields, print_table
from gpu.units import size_text


def print_bench(document: dict[str, Any]) -> None:
    """The figures, and the table of kernels if they were timed."""
    print_fields(_fields(document))
    if "kernels" in document:
        print()
        print_table(_kernel_rows(document["kernels"]))


def _fields(document: dict[str, Any]) -> dict[str, str]:
    fields = {
        "adapter": document["adapter"],
        "model": f"{document['model']}, {document['scheme']}, loaded in {document['load_s']:.1f} s, "
        f"warm in {document['warm_up_s']:.1f} s more",
        "prefill": f"{document['prefill_tokens_per_s']:.1f} tokens/s over {document['prompt_tokens']}"
        f"{_share(document, 'prefill', 'operations', 'GOP/s')}",
        "decode": f"{document['decode_tokens_per_s']:.1f} tokens/s over {document['new_tokens']}"
        f"{_share(document, 'decode', 'bytes', 'GB/s')}",
        "a token": f"{size_text(document['weight_bytes_per_token'])} of weights, "
        f"{document['dispatches_per_token']} dispatches, {document['record_ms_per_token']:.2f} ms to record "
        f"them, {document['decode_cpu_ms_per_token']:.1f} ms of CPU in all",
        "memory": f"{size_text(document['total_bytes'])} on the device{_process(document)}",
    }
    for point in document["decode_by_context"]:
        fields[f"after {point['context_tokens']:,}"] = f"{point['decode_tokens_per_s']:.1f} tokens/s"
    if "probes_overhead" in document:
        fields["probes"] = (
            f"{document['probes_overhead']:+.1%} of a token's time, "
            f"{document['capture_overhead']:+.1%} of a prompt's"
        )
    return fields


def _process(document: dict[str, Any]) -> str:
    most = document["process_peak_bytes"]
    return "" if most is None else f", {size_text(most)} the process at its most"


def _share(document: dict[str, Any], what: str, amount: str, unit: str) -> str:
    """Such as ", 12.1 GB/s, 39% of the 31.0 measured"; without a peak, the rate alone."""
    rate, peak = document[f"{what}_{amount}_per_s"], document[f"peak_{amount}_per_s"]
    text = f", {rate / 1e9:.1f} {unit}"
    return text if peak is None else f"{text}, {rate / peak:.0%} of the {peak / 1e9:.1f} measured here"


def _kernel_rows(kernels: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    total = sum(kernel["ms"] for kernel in kernels)
    rows = [("kernel", "matrix", "calls", "ms", "share", "GB/s", "GOP/s")]
    rows += [
        (
            kernel["kernel"],
            kernel["matrix"],
            str(kernel["calls"]),
            f"{kernel['ms']:.3f}",
            f"{kernel['ms'] / total:.1%}",
            *(
                f"{kernel[key] / 1e9:.1f}" if kernel[key] else ""
                for key in ("bytes_per_s", "operations_per_s")
            ),
        )
        for kernel in kernels
    ]
    return [*rows, ("all", "", str(sum(kernel["calls"] for kernel in kernels)), f"{total:.3f}", "", "", "")]
