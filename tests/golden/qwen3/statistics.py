"""Writes data/statistics.npz: channels and attention as hooks on transformers see them.

Two checkpoints, the random one whose sites are golden and the same with spikes planted, over the spec's
prompt, computed in f32 and reduced in f64. Run from the repository root, with the dependency group
`golden`:

    python -m tests.golden.qwen3.statistics
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from tests.golden.qwen3.checkpoints import GOLDEN_DIRECTORY, SPECS, prompt_ids, write_checkpoint
from tests.gpu.probes.planted import FIRST, THRESHOLDS, write_planted

SPEC = SPECS[0]
WRITERS: dict[str, Callable[[Path], Path]] = {
    "random": lambda directory: write_checkpoint(SPEC, directory),
    "planted": lambda directory: write_planted(SPEC, directory),
}


def tapped(model: torch.nn.Module) -> tuple[dict[str, np.ndarray], torch.Tensor]:
    """float64 [tokens, channels] of every site, and attention [layers, heads, tokens, tokens]."""
    sites: dict[str, np.ndarray] = {}

    def keep(site: str, hidden: torch.Tensor | tuple[torch.Tensor, ...]) -> None:
        values = hidden[0] if isinstance(hidden, tuple) else hidden
        sites[site] = values.reshape(SPEC.prompt_tokens, -1).double().numpy()

    def tap(module: torch.nn.Module, site: str) -> None:
        module.register_forward_pre_hook(lambda _module, inputs: keep(site, inputs[0]))

    for index, layer in enumerate(model.model.layers):
        prefix = f"layers.{index}"
        tap(layer.self_attn.q_proj, f"{prefix}.self_attn.qkv_proj")
        tap(layer.self_attn.o_proj, f"{prefix}.self_attn.o_proj")
        tap(layer.mlp.gate_proj, f"{prefix}.mlp.gate_up_proj")
        tap(layer.mlp.down_proj, f"{prefix}.mlp.down_proj")
        layer.register_forward_hook(lambda _m, _i, output, site=prefix: keep(site, output))
    tap(model.lm_head, "lm_head")
    output = model(torch.tensor([prompt_ids(SPEC)]), use_cache=False, output_attentions=True)
    return sites, torch.stack(output.attentions)[:, 0]


def statistics(values: np.ndarray) -> dict[str, np.ndarray]:
    magnitude, squares = np.abs(values), np.square(values)
    figures = {
        "absmax": magnitude.max(axis=0),
        "mean_abs": magnitude.mean(axis=0),
        "rms": np.sqrt(squares.mean(axis=0)),
        "kurtosis": np.square(squares).mean(axis=0) / np.square(squares.mean(axis=0)),
    }
    counts = {
        "low": (magnitude >= THRESHOLDS[0]).sum(axis=0),
        "high": (magnitude >= THRESHOLDS[1]).sum(axis=0),
        "peak": magnitude.argmax(axis=0),
    }
    return {n: a.astype(np.float32) for n, a in figures.items()} | {
        n: a.astype(np.uint32) for n, a in counts.items()
    }


def write_statistics() -> None:
    arrays: dict[str, np.ndarray] = {}
    for name, write in WRITERS.items():
        with tempfile.TemporaryDirectory() as directory:
            path = write(Path(directory))
            model = AutoModelForCausalLM.from_pretrained(
                path, dtype=torch.float32, attn_implementation="eager"
            ).eval()
        sites, attention = tapped(model)
        for site, values in sites.items():
            arrays |= {f"{name}/{site}/{figure}": found for figure, found in statistics(values).items()}
        shares = attention.double().numpy()  # [layers, heads, queries, positions]
        arrays[f"{name}/attention/received"] = shares[:, :, FIRST:].sum(axis=2).astype(np.float32)
        arrays[f"{name}/attention/top"] = shares[:, :, FIRST:].max(axis=3).mean(axis=2).astype(np.float32)
    np.savez_compressed(GOLDEN_DIRECTORY / "statistics.npz", **arrays)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    write_statistics()
