"""Small Qwen3 checkpoints of awkward shapes, rebuilt from a seed, and what transformers makes of them.

`SPECS` lists them; `write_checkpoint` writes one as a Hugging Face directory; `load_golden` reads the logits,
the greedy tokens and, for one of them, the channel statistics that generate.py got from transformers. Weights
come from the raw bits of PCG64 by integer arithmetic, so that no platform and no numpy release changes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gpu.formats import floats
from gpu.qwen3.config import Qwen3Config

GOLDEN_DIRECTORY = Path(__file__).parent / "data"
NORM_STD = 0.2
NEW_TOKENS = 64


@dataclass(frozen=True)
class Spec:
    """One checkpoint: its shape, and how it is laid out on disk.

    `settings` are the fields of config.json beyond the sizes. `shards` counts the safetensors files. `bare`
    leaves out the prefix `model.`, as base-model exports do. `spare_head` adds the lm_head.weight that a tied
    model does not need. `std` is that of the matrices. `sites` asks for golden channel statistics.
    """

    name: str
    seed: int
    hidden_size: int
    intermediate_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    tied: bool
    dtype: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    num_hidden_layers: int = 2
    shards: int = 1
    bare: bool = False
    spare_head: bool = False
    sites: bool = False
    std: float = 0.1
    prompt_tokens: int = 40

    def __str__(self) -> str:
        return self.name


OLD_ROPE = {"rope_theta": 1e6, "rope_scaling": None}
NEW_ROPE = {"rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0}}
OLD_YARN = {
    "rope_theta": 10_000.0,
    "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32},
    "max_position_embeddings": 128,
}
NEW_YARN = {
    "rope_parameters": {
        "rope_type": "yarn",
        "rope_theta": 1e6,
        "factor": 8.0,
        "original_max_position_embeddings": 64,
        "beta_fast": 8.0,
        "beta_slow": 1.0,
        "truncate": False,
    },
    "max_position_embeddings": 512,
}
LINEAR = {"rope_theta": 10_000.0, "rope_scaling": {"rope_type": "linear", "factor": 2.5}}
EXPERTS = {
    "model_type": "qwen3_moe",
    "architectures": ["Qwen3MoeForCausalLM"],
    "num_experts": 7,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 40,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "norm_topk_prob": True,
    **OLD_ROPE,
}
SPARSE_EXPERTS = {
    **EXPERTS,
    "num_experts": 5,
    "num_experts_per_tok": 3,
    "moe_intermediate_size": 32,
    "decoder_sparse_step": 2,
    "norm_topk_prob": False,
}
SLIDING = {"use_sliding_window": True, "sliding_window": 16, "max_window_layers": 1, **OLD_ROPE}

# name, seed, hidden, MLP, query heads, key-value heads, head_dim, vocabulary, tied, dtype, …
SPECS = (
    Spec("tied-pairs", 15, 96, 160, 4, 2, 32, 300, True, "bf16", OLD_ROPE, sites=True),
    Spec("untied-multihead", 3, 64, 96, 4, 4, 16, 257, False, "f32", NEW_ROPE, std=0.12),
    Spec("five-to-one-sharded", 1, 160, 224, 10, 2, 24, 300, False, "bf16", OLD_ROPE, shards=3, std=0.08),
    Spec("eight-to-one-yarn", 3, 96, 144, 8, 1, 40, 301, False, "f16", OLD_YARN),
    Spec("yarn-not-truncated", 2, 128, 192, 6, 3, 64, 311, True, "f32", NEW_YARN, num_hidden_layers=3),
    Spec("linear-odd-width", 2, 80, 112, 4, 4, 40, 290, False, "bf16", LINEAR),
    Spec(
        "bare-five-to-one", 14, 160, 100, 5, 1, 16, 263, True, "f16", NEW_ROPE, shards=2, bare=True, std=0.08
    ),
    Spec("spare-head", 4, 72, 130, 6, 2, 24, 299, True, "bf16", OLD_ROPE, spare_head=True, std=0.12),
    Spec("default-head-dim", 1, 96, 160, 2, 1, 128, 303, False, "bf16", OLD_ROPE, num_hidden_layers=3),
    Spec("sliding-window", 6, 96, 128, 4, 2, 32, 300, False, "f32", SLIDING),
)
MIXTURES = (
    Spec("experts", 10, 96, 160, 4, 2, 32, 300, False, "bf16", EXPERTS, std=0.12),
    Spec("sparse-experts", 10, 80, 130, 4, 2, 40, 301, False, "f32", SPARSE_EXPERTS, num_hidden_layers=3),
)


@dataclass(frozen=True)
class Golden:
    """What transformers computes in f32 from a spec's checkpoint.

    `logits` is float32 [prompt tokens, vocabulary]; `greedy_ids` continue the prompt; `sites` maps
    "<site>/absmax", "/mean_abs" and "/rms" to float32 [channels] over all tokens of the prompt.
    """

    prompt_ids: tuple[int, ...]
    logits: np.ndarray
    greedy_ids: tuple[int, ...]
    sites: Mapping[str, np.ndarray]
    weights_digest: str


def golden_path(spec: Spec) -> Path:
    return GOLDEN_DIRECTORY / f"{spec.name}.npz"


def load_golden(spec: Spec) -> Golden:
    with np.load(golden_path(spec)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return Golden(
        prompt_ids=tuple(arrays.pop("prompt_ids").tolist()),
        logits=arrays.pop("logits"),
        greedy_ids=tuple(arrays.pop("greedy_ids").tolist()),
        weights_digest=str(arrays.pop("weights_digest")),
        sites=arrays,
    )


def config_fields(spec: Spec) -> dict[str, Any]:
    """config.json of a spec; the default head_dim is left out, so that readers must know it."""
    sizes = {name: getattr(spec, name) for name in _SIZES}
    if spec.head_dim == 128:
        del sizes["head_dim"]
    return {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "attention_bias": False,
        "max_position_embeddings": 1024,
        "tie_word_embeddings": spec.tied,
        **sizes,
        **spec.settings,
    }


def prompt_ids(spec: Spec) -> tuple[int, ...]:
    raw = np.random.PCG64([spec.seed, 2**31]).random_raw(spec.prompt_tokens)
    return tuple((raw % spec.vocab_size).tolist())


def weights(spec: Spec) -> Iterator[tuple[str, np.ndarray]]:
    """The tensors of a spec as stored, under their names in the file."""
    shapes = Qwen3Config.from_dict(config_fields(spec), spec.name).tensor_shapes()
    for index, (name, shape) in enumerate(shapes.items()):
        normal = _normal(spec.seed, index, shape)
        values = 1 + NORM_STD * normal if len(shape) == 1 else spec.std * normal
        stored = floats.from_f32(values.astype(np.float32), spec.dtype)
        yield name.removeprefix("model.") if spec.bare else name, stored
        if spec.spare_head and name == "model.embed_tokens.weight":
            yield "lm_head.weight", stored


def weights_digest(spec: Spec) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, values in weights(spec):
        digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()


def write_checkpoint(spec: Spec, directory: Path) -> Path:
    """Write config.json and the safetensors files into `directory`, which is made if need be; returns it."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps(config_fields(spec), indent=2), encoding="utf-8")
    tensors = list(weights(spec))
    if spec.shards == 1:
        _write_file(directory / "model.safetensors", tensors, spec.dtype)
        return directory
    weight_map = {}
    for shard in range(spec.shards):
        file_name = f"model-{shard + 1:05}-of-{spec.shards:05}.safetensors"
        _write_file(directory / file_name, tensors[shard :: spec.shards], spec.dtype)
        weight_map.update({name: file_name for name, _ in tensors[shard :: spec.shards]})
    index = {"metadata": {}, "weight_map": weight_map}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    return directory


_SIZES = (
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "vocab_size",
)


def _normal(seed: int, index: int, shape: tuple[int, ...]) -> np.ndarray:
    """Nearly normal values of variance 1, float64: sums of four 16-bit uniforms, exact everywhere."""
    raw = np.random.PCG64([seed, index]).random_raw(int(np.prod(shape)))
    sums = raw.view(np.uint16).reshape(*shape, 4).sum(axis=-1, dtype=np.int64)
    return (sums - 2 * 65_535) / (65_536 * np.sqrt(4 / 12))


def _write_file(path: Path, tensors: list[tuple[str, np.ndarray]], dtype: str) -> None:
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, values in tensors:
        offsets = [end, end := end + values.nbytes]
        header[name] = {"dtype": dtype.upper(), "shape": list(values.shape), "data_offsets": offsets}
    text = json.dumps(header).encode()
    data = b"".join(values.tobytes() for _, values in tensors)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
