"""Writes tests/golden/qwen3/data: what transformers computes, in f32, from the checkpoints of checkpoints.py.

Needs the dependency group `golden` (torch, transformers). Run from the repository root:

    python -m tests.golden.qwen3.generate            all golden files
    python -m tests.golden.qwen3.generate --seeds    only look for seeds whose greedy tokens leave no doubt

A seed is fit if along the greedy tokens the best logit leads the second by at least `LEAST_LEAD` of the
largest magnitude, far above the rounding of any f32 implementation, and if the tokens vary.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.models.qwen3.modeling_qwen3 import Qwen3RotaryEmbedding

from tests.golden.qwen3 import rope_cases
from tests.golden.qwen3.checkpoints import (
    MIXTURES,
    NEW_TOKENS,
    SPECS,
    Spec,
    golden_path,
    prompt_ids,
    weights_digest,
    write_checkpoint,
)
from tests.golden.qwen3.statistics import write_statistics

LEAST_LEAD = 2e-3
LEAST_DISTINCT = 24


def load(spec: Spec, directory: Path) -> torch.nn.Module:
    model, info = AutoModelForCausalLM.from_pretrained(
        write_checkpoint(spec, directory),
        dtype=torch.float32,
        attn_implementation="eager",
        output_loading_info=True,
    )
    problems = {key: value for key, value in info.items() if value and key != "unexpected_keys"}
    if problems:
        raise RuntimeError(f"{spec}: transformers did not load everything: {problems}")
    return model.eval()


def greedy(model: torch.nn.Module, prompt: tuple[int, ...]) -> tuple[list[int], float]:
    """The greedy tokens, and the least lead of a best logit over the second, as a part of the largest."""
    output = model.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        max_new_tokens=NEW_TOKENS,
        do_sample=False,
        output_logits=True,
        return_dict_in_generate=True,
        pad_token_id=0,
    )
    logits = torch.cat(output.logits)  # [NEW_TOKENS, vocabulary]
    best = logits.topk(2).values
    leads = (best[:, 0] - best[:, 1]) / logits.abs().amax(dim=1)
    return output.sequences[0, len(prompt) :].tolist(), leads.min().item()


def is_fit(ids: list[int], lead: float) -> bool:
    return lead >= LEAST_LEAD and len(set(ids)) >= LEAST_DISTINCT


def find_seed(spec: Spec) -> int:
    for seed in range(1, 500):
        candidate = dataclasses.replace(spec, seed=seed)
        with tempfile.TemporaryDirectory() as directory:
            if is_fit(*greedy(load(candidate, Path(directory)), prompt_ids(candidate))):
                return seed
    raise RuntimeError(f"{spec}: no seed is fit")


class SiteStatistics:
    """Channel statistics of what linear layers read and decoder layers leave, over one forward pass."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        for index, layer in enumerate(model.model.layers):
            prefix = f"layers.{index}"
            self._tap_input(layer.self_attn.q_proj, f"{prefix}.self_attn.qkv_proj")
            self._tap_input(layer.self_attn.o_proj, f"{prefix}.self_attn.o_proj")
            self._tap_input(layer.mlp.gate_proj, f"{prefix}.mlp.gate_up_proj")
            self._tap_input(layer.mlp.down_proj, f"{prefix}.mlp.down_proj")
            layer.register_forward_hook(lambda _m, _i, output, site=prefix: self._add(site, output))
        self._tap_input(model.lm_head, "lm_head")

    def _tap_input(self, module: torch.nn.Module, site: str) -> None:
        module.register_forward_pre_hook(lambda _module, inputs: self._add(site, inputs[0]))

    def _add(self, site: str, hidden: torch.Tensor | tuple[torch.Tensor, ...]) -> None:
        values = (hidden[0] if isinstance(hidden, tuple) else hidden)[0].detach().double().numpy()
        self.arrays[f"{site}/absmax"] = np.abs(values).max(axis=0).astype(np.float32)
        self.arrays[f"{site}/mean_abs"] = np.abs(values).mean(axis=0).astype(np.float32)
        self.arrays[f"{site}/rms"] = np.sqrt(np.square(values).mean(axis=0)).astype(np.float32)


def write_golden(spec: Spec) -> None:
    prompt = prompt_ids(spec)
    with tempfile.TemporaryDirectory() as directory:
        model = load(spec, Path(directory))
    ids, lead = greedy(model, prompt)
    if not is_fit(ids, lead):
        raise RuntimeError(f"{spec}: seed {spec.seed} is not fit (lead {lead:.1e}, {len(set(ids))} distinct)")
    statistics = SiteStatistics(model) if spec.sites else None
    logits = model(torch.tensor([prompt]), use_cache=False).logits[0].numpy()
    np.savez_compressed(
        golden_path(spec),
        prompt_ids=np.array(prompt, np.int32),
        logits=logits,
        greedy_ids=np.array(ids, np.int32),
        weights_digest=np.array(weights_digest(spec)),
        **(statistics.arrays if statistics is not None else {}),
    )
    print(
        f"{spec}: largest logit {np.abs(logits).max():.2f}, lead {lead:.1e}, {len(set(ids))} distinct tokens"
    )


def write_rope() -> None:
    """The cos and sin tables that transformers computes for the settings of rope_cases.py."""
    tables = {}
    for name, settings in rope_cases.CASES.items():
        with tempfile.TemporaryDirectory() as directory:
            rope_cases.write_config(settings, Path(directory))
            config = AutoConfig.from_pretrained(directory)
        positions = torch.tensor([rope_cases.POSITIONS])
        cos, sin = Qwen3RotaryEmbedding(config)(torch.zeros(1), positions)  # [1, positions, head_dim] each
        half = config.head_dim // 2
        tables[name] = torch.cat((cos[0, :, :half], sin[0, :, :half]), dim=-1).numpy()
    np.savez_compressed(rope_cases.GOLDEN, **tables)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", action="store_true", help="look for fit seeds and print them")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    if parser.parse_args().seeds:
        for spec in (*SPECS, *MIXTURES):
            print(spec, find_seed(spec), flush=True)
        return
    write_rope()
    write_statistics()
    for spec in (*SPECS, *MIXTURES):
        write_golden(spec)


if __name__ == "__main__":
    main()
