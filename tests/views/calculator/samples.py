"""Made-up frames of the calculator for its tests and for the gallery."""

from __future__ import annotations

import numpy as np

from views.calculator import CalculatorPanel
from views.calculator.memory_page import MemoryPage
from views.calculator.speed import SpeedPage
from views.calculator.table import Table
from views.calculator.truth import TruthPage
from views.frames import Choice
from views.frames.calculator import (
    BarFrame,
    FieldFrame,
    GroupFrame,
    InputsFrame,
    LimitFrame,
    LinesFrame,
    MarkFrame,
    PointFrame,
    RowFrame,
    SegmentFrame,
    SeriesFrame,
    SpeedFrame,
    TableFrame,
    TruthFrame,
    VerdictFrame,
)

GIB = 2**30
BITS = (Choice("4", "4 bits"), Choice("8", "8 bits"), Choice("16", "16 bits"))
SIZES = {
    "weights": ("Weights", 3.62, "Weight bits", "4"),
    "scales": ("Scales", 0.45, "", ""),
    "norms": ("Norms", 0.002, "", ""),
    "embeddings": ("Embeddings", 0.58, "", ""),
    "kv_cache": ("KV cache", 4.5, "Context", "32,768 tokens"),
    "workspace": ("Workspace", 0.21, "", ""),
    "probes": ("Probes", 0.02, "", ""),
    "driver": ("Driver", 0.35, "", ""),
    "display": ("Display", 0.6, "", ""),
}


def inputs(error: str = "") -> InputsFrame:
    return InputsFrame(
        (
            GroupFrame(
                "Model",
                (
                    FieldFrame("source", "Model", "qwen3-8b", choices=(Choice("qwen3-8b", "Qwen3-8B"),)),
                    FieldFrame("hub", "Name", "Qwen/Qwen3-8B", action="Read", note="8.19 B parameters"),
                ),
            ),
            GroupFrame(
                "How it is held",
                (
                    FieldFrame("weight_bits", "Weights", "4", choices=BITS, locked=True),
                    FieldFrame("kv_bits", "KV cache", "16", choices=BITS, locked=False),
                ),
            ),
            GroupFrame(
                "How it is used",
                (
                    FieldFrame("context", "Context", "32k", locked=False, error=error),
                    FieldFrame("batch", "Batch", "1", locked=True, note="requests computed together"),
                    FieldFrame("display", "Display", "on", note="on the same card"),
                ),
            ),
        )
    )


def bar(sizes: dict[str, float] | None = None, card: float = 12) -> BarFrame:
    amounts = {key: entry[1] for key, entry in SIZES.items()} | (sizes or {})
    total = sum(amounts.values())
    segments = tuple(
        SegmentFrame(
            key,
            SIZES[key][0],
            round(amount * GIB),
            f"{amount:.2f} GiB",
            f"{amount / total:.0%}",
            f"{SIZES[key][0]}: 2 · 36 · 8 B",
            SIZES[key][2],
            SIZES[key][3],
        )
        for key, amount in amounts.items()
    )
    marks = (
        MarkFrame("RTX 3060 · 12 GiB", round(card * GIB), "good" if total <= card else "bad", "fits"),
        MarkFrame("RTX 4060 · 8 GiB", 8 * GIB, "bad", "does not fit"),
    )
    return BarFrame(segments, marks, round(max(total, card) * 1.06 * GIB), "All of it")


def verdict() -> VerdictFrame:
    return VerdictFrame(
        "Fits the RTX 3060 with 1.63 GiB to spare",
        "Qwen3-8B · W4A8 · 32,768 tokens · batch 1: 10.37 GiB of 12 GiB",
        "good",
    )


def too_much() -> VerdictFrame:
    return VerdictFrame(
        "Does not fit the RTX 3060: 4.2 GiB too much",
        "The KV cache is the largest term: 9.0 GiB",
        "bad",
        moved="To fit, the context went from 65,536 to 32,768 tokens.",
        actions=(
            Choice("0", "Context 24,576 tokens"),
            Choice("1", "8-bit KV cache"),
            Choice("2", "W4 instead of W8"),
        ),
    )


def lines(title: str = "Memory against context") -> LinesFrame:
    at = np.geomspace(512, 2**18, 64)
    weights, cache = np.full(64, 4.65), at * 144 / 2**20
    return LinesFrame(
        title,
        at,
        "context, tokens",
        "GiB",
        (
            SeriesFrame("All of it", weights + cache + 1.2, "workspace"),
            SeriesFrame("Weights", weights, "weights"),
            SeriesFrame("KV cache", cache, "kv_cache"),
        ),
        (LimitFrame(12.0, "RTX 3060"),),
        (
            PointFrame(33_863, 4.65, "cache overtakes weights at 33,863"),
            PointFrame(32_768, 10.4, "now", "good"),
        ),
        note="From 33,863 tokens on, the cache is larger than the weights.",
    )


def largest() -> TableFrame:
    rows = [
        ("W16A16", "f16", "—", "17.3 GiB"),
        ("W8A8", "f16", "9,728", "12.0 GiB"),
        ("W4A8", "q8_0", "63,488", "11.9 GiB"),
    ]
    return TableFrame(
        "Largest context that fits",
        ("Weights", "KV cache", "Tokens", "Takes"),
        tuple(
            RowFrame(row, row[0], is_current=row[0] == "W4A8", mood="bad" if row[2] == "—" else "neutral")
            for row in rows
        ),
        frozenset({0, 1}),
    )


def every_byte() -> TableFrame:
    return TableFrame(
        "",
        ("Term", "Size", "Bytes", "Formula"),
        (
            RowFrame(("Weights", "3.62 GiB", "3,889,168,384"), "weights"),
            RowFrame(
                ("gate and up", "1.69 GiB", "1,811,939,328", "36 · 2 · 12288 · 4096 · 4/8 B"),
                "w.gate",
                depth=1,
            ),
            RowFrame(
                ("layers.0.gate_up", "48.0 MiB", "50,331,648", "2 · 12288 · 4096 · 4/8 B"),
                "w.gate.0",
                depth=2,
            ),
            RowFrame(("KV cache", "4.50 GiB", "4,831,838,208", "2 · 36 · 8 · 128 · 32768 · 2 B"), "kv_cache"),
        ),
        frozenset({0, 3}),
    )


def speed() -> SpeedFrame:
    at = np.geomspace(0.5, 2000, 64)
    roof = LinesFrame(
        "Roofline of the RTX 3060",
        at,
        "operations a byte",
        "operations a second",
        (SeriesFrame("Roof", np.minimum(at * 360e9, 100e12), "weights"),),
        points=(PointFrame(4, 1.4e12, "decode"), PointFrame(900, 100e12, "prefill")),
        log_values=True,
    )
    return SpeedFrame(
        VerdictFrame(
            "Decode is bound by bytes: at least 24.3 ms a token",
            "Measured 31.0 ms: 78 % of what the memory gives",
        ),
        VerdictFrame("Prefill is bound by arithmetic: at least 0.14 ms a token"),
        "Bandwidth 360 GB/s and 100 TOPS from the catalogue: NVIDIA product page.",
        roof,
        TableFrame(
            "What each choice would change",
            ("Choice", "Decode", "Prefill", "Speed-up"),
            (
                RowFrame(("8-bit cache", "18.0 ms", "0.14 ms", "1.35×"), "kv8"),
                RowFrame(("8-bit weights", "35.1 ms", "0.14 ms", "0.69×"), "w8"),
            ),
        ),
        can_measure=True,
    )


def truth() -> TruthFrame:
    return TruthFrame(
        "The engine holds 640.23 MiB, exactly as predicted.",
        "good",
        TableFrame(
            "The open model",
            ("Term", "Predicted", "Allocated", "Difference"),
            (
                RowFrame(("Weights", "298,024,960", "298,024,960", "0")),
                RowFrame(("Driver", "—", "61,865,984", "—")),
            ),
        ),
        TableFrame(
            "Earlier loads",
            ("When", "Model", "Driver on top"),
            (RowFrame(("20 Nov", "demo W4A8", "+59 MiB")),),
        ),
    )


def fill(panel: CalculatorPanel, short: bool = False) -> None:
    """Give every page that has been looked at its frames."""
    panel.set_inputs(inputs("'x' is not a number of tokens; write for example 8192 or 32k." if short else ""))
    panel.set_answer(too_much() if short else verdict(), bar({"kv_cache": 9.0} if short else None))
    memory, speeds = panel.page(MemoryPage, "memory"), panel.page(SpeedPage, "speed")
    byte_table, truths = panel.page(Table, "bytes"), panel.page(TruthPage, "truth")
    if memory is not None:
        memory.set_part("context", lines())
        memory.set_part("batch", lines("Memory against batch"))
        memory.set_part("largest", largest())
    if speeds is not None:
        speeds.set_frame(speed())
    if byte_table is not None:
        byte_table.set_frame(every_byte())
    if truths is not None:
        truths.set_frame(truth())
