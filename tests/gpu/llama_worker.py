"""llama.cpp on random Q4_0 weights of a Qwen3 shape, told what to time on stdin; see compare_llama.

Runs in an environment of its own, with numpy, gguf and llama-cpp-python: `python -m tests.gpu.llama_worker`.
One JSON object a line: first {"config": {…}, "directory": …, "context_tokens": n, "threads": n, "gpu": …},
then {"prompt": [ids]} or {"answer": n}; each is answered by {"seconds": s}.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np

BLOCK_VALUES, BLOCK_BYTES = 32, 18
SCALE = 0.01


def tensors(config: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names that llama.cpp gives a dense Qwen3, and shapes as numpy has them."""
    hidden, inner, head = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    queries, keys = config["num_attention_heads"] * head, config["num_key_value_heads"] * head
    yield "token_embd.weight", (config["vocab_size"], hidden)
    yield "output_norm.weight", (hidden,)
    if not config["tie_word_embeddings"]:
        yield "output.weight", (config["vocab_size"], hidden)
    for i in range(config["num_hidden_layers"]):
        shapes = {
            "attn_norm": (hidden,),
            "attn_q": (queries, hidden),
            "attn_k": (keys, hidden),
            "attn_v": (keys, hidden),
            "attn_q_norm": (head,),
            "attn_k_norm": (head,),
            "attn_output": (hidden, queries),
            "ffn_norm": (hidden,),
            "ffn_gate": (inner, hidden),
            "ffn_up": (inner, hidden),
            "ffn_down": (hidden, inner),
        }
        yield from ((f"blk.{i}.{name}.weight", shape) for name, shape in shapes.items())


def write_gguf(config: dict[str, Any], path: Path) -> None:
    """Every matrix in Q4_0, norms of ones; no vocabulary, since only ids go in."""
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_tokenizer_model("no_vocab")
    writer.add_vocab_size(config["vocab_size"])
    random = np.random.default_rng(0)
    for name, shape in tensors(config):
        if len(shape) == 1:
            writer.add_tensor(name, np.ones(shape, np.float32))
        else:
            writer.add_tensor(name, blocks(random, shape), raw_dtype=gguf.GGMLQuantizationType.Q4_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def blocks(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Random codes with one scale: u8 [rows, bytes of a row]."""
    rows, columns = shape
    data = random.integers(0, 256, (rows, columns // BLOCK_VALUES, BLOCK_BYTES), np.uint8)
    data[..., :2] = np.frombuffer(np.float16(SCALE).tobytes(), np.uint8)
    return data.reshape(rows, -1)


class Llama:
    """One model with one context, through the C interface."""

    def __init__(self, order: dict[str, Any]) -> None:
        path = Path(order["directory"]) / "random-q4_0.gguf"
        write_gguf(order["config"], path)
        llama_cpp.llama_log_set(_silence, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        model = llama_cpp.llama_model_default_params()
        model.n_gpu_layers = 999 if order["gpu"] else 0
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), model)
        context = llama_cpp.llama_context_default_params()
        context.n_ctx = order["context_tokens"]
        context.n_batch = context.n_ubatch = 512
        context.n_threads = context.n_threads_batch = order["threads"]
        self._context = llama_cpp.llama_init_from_model(self._model, context)
        self._vocabulary = order["config"]["vocab_size"]

    def prompt(self, ids: list[int]) -> None:
        """Read a prompt into an empty cache."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), True)
        for start in range(0, len(ids), 512):
            self._decode(ids[start : start + 512])

    def answer(self, tokens: int) -> None:
        """Greedy tokens one by one."""
        for _ in range(tokens):
            logits = np.ctypeslib.as_array(
                llama_cpp.llama_get_logits_ith(self._context, -1), (self._vocabulary,)
            )
            self._decode([int(logits.argmax())])

    def _decode(self, ids: list[int]) -> None:
        held = (llama_cpp.llama_token * len(ids))(*ids)  # a batch only points to it
        batch = llama_cpp.llama_batch_get_one(held, len(ids))
        if llama_cpp.llama_decode(self._context, batch) != 0:
            raise RuntimeError("llama.cpp refused a batch")
        llama_cpp.llama_synchronize(self._context)


@llama_cpp.llama_log_callback
def _silence(_level: int, _text: bytes, _data: Any) -> None:
    """It tells its life on stderr."""


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what llama.cpp prints goes elsewhere
    llama = Llama(json.loads(sys.stdin.readline()))
    print(json.dumps({"gpu": bool(llama_cpp.llama_supports_gpu_offload())}), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        began = time.perf_counter()
        if "prompt" in order:
            llama.prompt(order["prompt"])
        else:
            llama.answer(order["answer"])
        print(json.dumps({"seconds": time.perf_counter() - began}), file=answers, flush=True)


if __name__ == "__main__":
    main()
