from __future__ import annotations

from pathlib import Path

import pytest

from app.text import Message, TextCodec
from gpu.kit import Op
from gpu.model import Model
from gpu.speculation import PassTimes
from tests.app.cli.conftest import Quantscope
from tests.golden.qwen3.checkpoints import Spec, load_golden

KEYS = {
    "prompt_token_ids",
    "token_ids",
    "text",
    "finish_reason",
    "prefill_tokens_per_s",
    "decode_tokens_per_s",
}


def ids_text(ids: tuple[int, ...]) -> str:
    return ",".join(map(str, ids))


def test_greedy_tokens_are_those_of_transformers(
    quantscope: Quantscope, golden_model: Path, golden_spec: Spec
) -> None:
    golden = load_golden(golden_spec)
    result = quantscope(
        "generate", golden_model, "--token-ids", ids_text(golden.prompt_ids), "--scheme", "W16A16",
        "--temperature", "0", "--max-new-tokens", str(len(golden.greedy_ids)), "--json",
    )  # fmt: skip
    assert result.json.keys() == KEYS
    assert result.json["prompt_token_ids"] == list(golden.prompt_ids)
    assert result.json["token_ids"] == list(golden.greedy_ids)
    assert result.json["finish_reason"] == "length"
    assert result.json["text"] is None  # there is no tokenizer
    assert result.json["prefill_tokens_per_s"] > 0
    assert result.json["decode_tokens_per_s"] > 0


def test_prompt_lookup_changes_no_token(
    quantscope: Quantscope, golden_model: Path, golden_spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden, passes = load_golden(golden_spec), []
    verify = Model.verify
    monkeypatch.setattr(PassTimes, "best_width", lambda *_: 4)
    monkeypatch.setattr(Op, "is_compiled", True)  # passes wait for the kernels
    monkeypatch.setattr(Model, "verify", lambda *args: passes.append(args) or verify(*args))
    written = (*golden.prompt_ids, *golden.greedy_ids)
    arguments = (
        "generate",
        golden_model,
        "--token-ids",
        ids_text((*written, *written)),
        "--scheme",
        "W16A16",
    )
    plain = quantscope(*arguments, "--temperature", "0", "--max-new-tokens", "20", "--json").json
    guessed = quantscope(
        *arguments, "--temperature", "0", "--max-new-tokens", "20", "--json", "--prompt-lookup"
    )
    assert guessed.json["token_ids"] == plain["token_ids"]
    assert passes


def test_a_prompt_goes_through_the_chat_template(quantscope: Quantscope, talker: Path) -> None:
    codec = TextCodec.load(talker)
    arguments = ("generate", talker, "--prompt", "Why?", "--max-new-tokens", "1", "--json")
    question = [Message("user", "Why?")]
    default = quantscope(*arguments).json["prompt_token_ids"]
    direct = quantscope(*arguments, "--no-think").json["prompt_token_ids"]
    raw = quantscope(*arguments, "--raw").json["prompt_token_ids"]
    assert default == codec.encode_chat(question)
    assert direct == codec.encode_chat(question, enable_thinking=False)
    assert raw == codec.encode("Why?")
    assert default != direct


def test_a_seed_repeats_a_run_and_the_text_is_printed(quantscope: Quantscope, talker: Path) -> None:
    arguments = ("generate", talker, "--prompt", "Why?", "--max-new-tokens", "6", "--seed", "5")
    document = quantscope(*arguments, "--json").json
    printed = quantscope(*arguments)
    assert document["text"] == TextCodec.load(talker).decode(document["token_ids"])
    assert printed.out == document["text"] + "\n"
    assert printed.err == ""  # speeds go to a terminal only


def test_an_empty_prompt_is_refused(quantscope: Quantscope, talker: Path) -> None:
    assert "empty" in quantscope("generate", talker, "--prompt", " \n").complaint
    assert "empty" in quantscope("generate", talker, "--token-ids", ",").complaint


def test_a_prompt_longer_than_the_context_is_refused(quantscope: Quantscope, talker: Path) -> None:
    ids = ",".join(["1"] * 20)
    complaint = quantscope("generate", talker, "--token-ids", ids, "--context", "16", "--json").complaint
    assert "20 tokens" in complaint
    assert "context holds 16" in complaint


def test_a_token_id_outside_the_vocabulary_is_refused(quantscope: Quantscope, talker: Path) -> None:
    assert "Token id 640" in quantscope("generate", talker, "--token-ids", "1,640").complaint
