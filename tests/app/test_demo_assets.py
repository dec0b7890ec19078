"""The embedded model's files belong together and are what their README says."""

import json
import re
from pathlib import Path

import jinja2
import numpy as np
import pytest
from tokenizers import Tokenizer

import assets
from tests.golden.demo.plant import READERS, Planting, column_factors, unplant
from tests.golden.demo.reference import Weights, logits, read_bf16

DEMO = Path(assets.__path__[0]) / "demo"
LARGEST_BYTES = 12_000_000
PROMPT = "Why do 4-bit activations break a model?"


@pytest.fixture(scope="module")
def config() -> dict[str, object]:
    return dict(json.loads((DEMO / "config.json").read_text()))


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_bf16(DEMO / "model.safetensors")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(DEMO / "tokenizer.json"))


def render(messages: list[dict[str, str]], **options: object) -> str:
    source = json.loads((DEMO / "tokenizer_config.json").read_text())["chat_template"]
    return jinja2.Environment(autoescape=False).from_string(source).render(messages=messages, **options)


def ask(question: str = PROMPT) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}]


def test_it_is_small_enough_to_travel_with_the_program() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) <= LARGEST_BYTES


def test_its_shape_exercises_what_distinguishes_qwen3(config: dict[str, int], weights: Weights) -> None:
    assert config["head_dim"] * config["num_attention_heads"] != config["hidden_size"]
    assert config["num_attention_heads"] > config["num_key_value_heads"]
    assert config["tie_word_embeddings"]
    assert "lm_head.weight" not in weights
    assert weights["model.embed_tokens.weight"].shape == (config["vocab_size"], config["hidden_size"])
    query = weights["model.layers.0.self_attn.q_proj.weight"]
    assert query.shape == (config["num_attention_heads"] * config["head_dim"], config["hidden_size"])
    assert all(np.isfinite(tensor).all() for tensor in weights.values())


def test_every_matrix_divides_into_groups_of_32(weights: Weights) -> None:
    assert all(size % 32 == 0 for tensor in weights.values() for size in tensor.shape)


def test_the_tokenizer_fits_the_config_and_loses_no_text(
    config: dict[str, int], tokenizer: Tokenizer
) -> None:
    text = (DEMO / "heldout.txt").read_text() + "Grüße, 你好 🙂\t«x»"
    ids = tokenizer.encode(text).ids
    assert tokenizer.decode(ids) == text
    assert max(ids) < config["vocab_size"] == tokenizer.get_vocab_size()


def test_it_stops_at_the_end_of_a_turn(config: dict[str, int], tokenizer: Tokenizer) -> None:
    stops = json.loads((DEMO / "generation_config.json").read_text())["eos_token_id"]
    assert stops == [tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")]
    assert config["eos_token_id"] == stops[0]


def test_the_think_tags_are_single_tokens(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode("<think></think>").ids) == 2


def test_not_thinking_prefills_an_empty_think_block() -> None:
    thinking = render(ask("Hi"), add_generation_prompt=True)
    assert thinking == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    answering = render(ask("Hi"), add_generation_prompt=True, enable_thinking=False)
    assert answering == thinking + "<think>\n\n</think>\n\n"
    assert render(ask("Hi"), add_generation_prompt=True, enable_thinking=True) == thinking


def test_earlier_reasoning_is_dropped_and_system_messages_are_kept() -> None:
    messages = [
        {"role": "system", "content": "Be kind."},
        *ask("One?"),
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nFirst."},
        *ask("Two?"),
        {"role": "assistant", "content": "Second.", "reasoning_content": "aha"},
    ]
    assert render(messages) == (
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nOne?<|im_end|>\n"
        "<|im_start|>assistant\nFirst.<|im_end|>\n<|im_start|>user\nTwo?<|im_end|>\n"
        "<|im_start|>assistant\n<think>\naha\n</think>\n\nSecond.<|im_end|>\n"
    )


def test_the_sample_questions_are_questions() -> None:
    questions = json.loads((DEMO / "questions.json").read_text())
    assert 10 <= len(set(questions)) == len(questions) <= 20
    assert all(re.fullmatch(r"[A-Z].{8,70}\?", question) for question in questions)


def test_planted_channels_stand_out_in_every_norm(config: dict[str, int], weights: Weights) -> None:
    planting = Planting.read(DEMO / "planted.json")
    for layer in range(config["num_hidden_layers"]):
        for norm in READERS:
            weight = np.abs(weights[f"model.layers.{layer}.{norm}.weight"])
            tallest = np.argsort(weight)[-len(planting.channels) :]
            assert set(tallest.tolist()) == set(planting.channels)
            assert weight[tallest].min() > 8 * np.median(weight)


def test_planting_scales_only_by_powers_of_two(config: dict[str, int]) -> None:
    planting = Planting.read(DEMO / "planted.json")
    factors = column_factors(planting, config["num_hidden_layers"])
    assert factors
    assert all(np.log2(factor).is_integer() for columns in factors.values() for factor in columns.values())


def test_planting_leaves_the_function_unchanged(
    config: dict[str, int], weights: Weights, tokenizer: Tokenizer
) -> None:
    ids = tokenizer.encode(render(ask(), add_generation_prompt=True, enable_thinking=False)).ids
    planted = logits(weights, config, ids)
    calm = {name: tensor.copy() for name, tensor in weights.items()}
    unplant(calm, Planting.read(DEMO / "planted.json"), config["num_hidden_layers"])
    assert any((calm[name] != tensor).any() for name, tensor in weights.items())
    difference = np.abs(planted - logits(calm, config, ids)).max()
    assert difference <= 1e-4 * np.abs(planted).max()


def test_it_answers_the_question_it_was_made_for(
    config: dict[str, int], weights: Weights, tokenizer: Tokenizer
) -> None:
    ids = tokenizer.encode(render(ask(), add_generation_prompt=True, enable_thinking=False)).ids
    start = len(ids)
    while len(ids) < start + 80 and ids[-1] != config["eos_token_id"]:
        ids.append(int(logits(weights, config, ids)[-1].argmax()))
    text = tokenizer.decode(ids[start:])
    assert ids[-1] == config["eos_token_id"]
    assert "16 levels" in text
    assert "to zero" in text
