"""Ours and llama.cpp's speed, in turns in one run: `python -m tests.gpu.compare_llama PYTHON [SHAPE]`.

PYTHON is the interpreter of an environment with numpy, gguf and llama-cpp-python, say

    python -m venv llama && llama/bin/pip install numpy gguf llama-cpp-python

which builds the native CPU backend; with CMAKE_ARGS=-DGGML_VULKAN=on it has Vulkan too, and both are run.
Where its AMX kernels crash, leave them out: CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_AVX512=ON
-DGGML_AVX512_VBMI=ON -DGGML_AVX512_VNNI=ON". Weights are random, W4A8 here and Q4_0 there, 4.5 bits a weight
each. Prints JSON; a ratio is ours by theirs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.benchmark import decode_s, prefill_s, random_prompt
from app.engine_session import EngineOptions, EngineSession
from app.library import find_config
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.qwen3.config import Qwen3Config
from gpu.scheme import Scheme

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Engine:
    """Reads a prompt, and answers so many tokens after it; both in seconds."""

    name: str
    prompt: Callable[[Sequence[int]], float]
    answer: Callable[[int], float]


class Worker:
    """llama.cpp in a process of its own."""

    def __init__(
        self, python: str, config: Qwen3Config, context_tokens: int, directory: str, gpu: bool
    ) -> None:
        command = [python, "-m", "tests.gpu.llama_worker"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        order = {
            "config": {
                name: value for name, value in asdict(config).items() if isinstance(value, int | float)
            },
            "directory": directory,
            "context_tokens": context_tokens,
            "threads": os.cpu_count(),
            "gpu": gpu,
        }
        self.has_gpu: bool = self._ask(order)["gpu"]

    def engine(self, name: str) -> Engine:
        return Engine(
            name,
            lambda ids: self._ask({"prompt": list(ids)})["seconds"],
            lambda tokens: self._ask({"answer": tokens})["seconds"],
        )

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"llama.cpp's process ended with status {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def compare(engines: Sequence[Engine], prompt: Sequence[int], new_tokens: int, rounds: int) -> dict[str, Any]:
    """Tokens a second of each, the median of rounds in which all have turns; the first one by the others."""
    for engine in engines:  # compiles, and touches every weight
        engine.prompt(prompt)
        engine.answer(1)
    turns: dict[str, list[tuple[float, float]]] = {engine.name: [] for engine in engines}
    for _ in range(rounds):
        for engine in engines:
            spent = engine.prompt(prompt), engine.answer(new_tokens)
            turns[engine.name].append((len(prompt) / spent[0], new_tokens / spent[1]))
    found = {
        name: dict(
            zip(
                ("prefill_tokens_per_s", "decode_tokens_per_s"),
                map(statistics.median, zip(*rows, strict=True)),
                strict=True,
            )
        )
        for name, rows in turns.items()
    }
    ours = found[engines[0].name]
    ratios = {
        engine.name: {key.split("_")[0]: ours[key] / found[engine.name][key] for key in ours}
        for engine in engines[1:]
    }
    return {**found, "ratios": ratios}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python")
    parser.add_argument("shape", nargs="?", default="qwen3-0.6b")
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--new-tokens", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args(argv)
    config, context = find_config(args.shape), args.prompt_tokens + args.new_tokens
    options = EngineOptions(Scheme.parse("W4A8"), context_tokens=context, cache_directory=None)
    with (
        tempfile.TemporaryDirectory() as directory,
        EngineSession(SyntheticCheckpoint(config), options) as session,
    ):
        model = session.model
        ours = Engine(
            f"quantscope W4A8 on {session.gpu.adapter.name}",
            lambda ids: prefill_s(model, ids),
            lambda tokens: decode_s(model, tokens),
        )
        workers = [Worker(args.python, config, context, directory, gpu=False)]
        engines = [ours, workers[0].engine("llama.cpp Q4_0 CPU")]
        if workers[0].has_gpu:
            workers.append(Worker(args.python, config, context, directory, gpu=True))
            engines.append(workers[1].engine("llama.cpp Q4_0 Vulkan"))
        found = compare(engines, random_prompt(model, args.prompt_tokens), args.new_tokens, args.rounds)
        for worker in workers:
            worker.close()
    print(json.dumps({**vars(args), **found}, indent=2))


if __name__ == "__main__":
    main()
