"""Print how far the engine's W16A16 is from transformers on every golden checkpoint: the figures of README.

python -m tests.golden.qwen3.compare [--adapter NAME]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from gpu.checkpoints import open_checkpoint
from gpu.device import Gpu, open_gpu
from gpu.events import Token
from gpu.generate import Request, generate
from gpu.model import LoadOptions, Model
from gpu.sampling import Sampling
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import MIXTURES, NEW_TOKENS, SPECS, Spec, load_golden, write_checkpoint


def compare(gpu: Gpu, spec: Spec, directory: Path) -> tuple[float, int]:
    """Largest |Δlogit| as a share of the largest |logit|, and how many greedy tokens agree from the start."""
    write_checkpoint(spec, directory)
    golden = load_golden(spec)
    options = LoadOptions(context_tokens=128)
    model = Model.load(gpu, open_checkpoint(directory), Scheme.parse("W16A16"), options)
    logits = np.concatenate(list(model.all_logits(golden.prompt_ids)))
    error = float(np.abs(logits - golden.logits).max() / np.abs(golden.logits).max())
    request = Request(1, golden.prompt_ids, Sampling(temperature=0), max_new_tokens=NEW_TOKENS)
    tokens = [event.token_id for event in generate(model, request) if isinstance(event, Token)]
    model.close()
    agree = [ours == theirs for ours, theirs in zip(tokens, golden.greedy_ids, strict=True)]
    return error, agree.index(False) if False in agree else len(agree)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adapter")
    gpu = open_gpu(parser.parse_args().adapter)
    print(f"{gpu.adapter.name}\n{'checkpoint':22} {'max |Δ| / max |logit|':>22} {'greedy tokens equal':>20}")
    for spec in (*SPECS, *MIXTURES):
        with tempfile.TemporaryDirectory() as directory:
            error, equal = compare(gpu, spec, Path(directory))
        print(f"{spec.name:22} {error:22.1e} {equal:17}/{NEW_TOKENS}")
    gpu.close()


if __name__ == "__main__":
    main()
