"""The charts of speed in README.md: `python -m tests.app.speed_charts FOLDER FILE…`.

Each FILE is what `quantscope bench --json` printed of one model with `--contexts`. Two SVG files come of it:
the time of a token against the context, and against the bytes of weights that it reads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.svg_chart import Chart, Series, document

Document = dict[str, Any]
CONTEXT_FILE, SIZE_FILE = "time-by-context.svg", "time-by-size.svg"
GB = 10**9


def context_chart(documents: Sequence[Document]) -> Chart:
    """A line for each model."""
    points = [
        (found["model"], found["decode_by_context"]) for found in documents if found["decode_by_context"]
    ]
    contexts = sorted({point["context_tokens"] for _, line in points for point in line})
    return Chart(
        f"Time of a token along the context · {documents[0]['adapter']}",
        "tokens in the context",
        "ms a token",
        tuple(
            Series(
                model,
                [point["context_tokens"] for point in line],
                [1000 / point["decode_tokens_per_s"] for point in line],
            )
            for model, line in points
        ),
        x_ticks=tuple((tick, _short(tick)) for tick in contexts if tick >= contexts[-1] / 8),
    )


def size_chart(documents: Sequence[Document]) -> Chart:
    """What was measured, and what reading the weights alone takes at the bandwidth of the same run."""
    ordered = sorted(documents, key=lambda found: found["weight_bytes_per_token"])
    sizes = [found["weight_bytes_per_token"] / GB for found in ordered]
    floors = [found["weight_bytes_per_token"] / found["peak_bytes_per_s"] * 1000 for found in ordered]
    return Chart(
        f"Time of a token by model · {documents[0]['adapter']}",
        "GB of weights that a token reads",
        "ms a token",
        (
            Series("measured", sizes, [1000 / found["decode_tokens_per_s"] for found in ordered]),
            Series("bandwidth", sizes, floors),
        ),
        x_ticks=tuple(
            (size, f"{found['model'].removeprefix('qwen3-').upper()} · {size:.2g}")
            for size, found in zip(sizes, ordered, strict=True)
        ),
    )


def main(folder: Path, files: Sequence[Path]) -> None:
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    folder.mkdir(parents=True, exist_ok=True)
    for name, chart in ((CONTEXT_FILE, context_chart(documents)), (SIZE_FILE, size_chart(documents))):
        (folder / name).write_text(document([chart]), encoding="utf-8")


def _short(tokens: int) -> str:
    return f"{tokens // 1024}k" if tokens % 1024 == 0 else str(tokens)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
