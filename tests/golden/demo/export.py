"""Writes the trained model as an ordinary Hugging Face directory."""

import json
from pathlib import Path

from safetensors.torch import save_file
from tokenizers import Tokenizer

from tests.golden.demo.batches import TEMPLATE
from tests.golden.demo.model import Qwen3
from tests.golden.demo.plant import PLANTING, plant
from tests.golden.demo.shape import CONFIG, LAYERS
from tests.golden.demo.tokens import END_OF_TEXT, TURN_END, TURN_START

ASSETS = Path(__file__).parents[3] / "assets" / "demo"


def export_text(tokenizer: Tokenizer, held_out: str, folder: Path = ASSETS) -> None:
    """Everything but the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    ends = [tokenizer.token_to_id(token) for token in (TURN_END, END_OF_TEXT)]
    _write(folder / "config.json", CONFIG)
    _write(folder / "generation_config.json", _generation(ends))
    _write(folder / "tokenizer_config.json", _tokenizer_config(tokenizer))
    (folder / "heldout.txt").write_text(held_out)
    (folder / "planted.json").write_text(PLANTING.to_json())


def export_weights(model: Qwen3, folder: Path = ASSETS) -> None:
    """The weights in bf16, outliers planted."""
    weights = {name: value.detach().bfloat16().clone() for name, value in model.state_dict().items()}
    plant(weights, PLANTING, LAYERS)
    path = folder / "model.safetensors"
    save_file(weights, path, metadata={"format": "pt"})
    path.chmod(0o644)


def _generation(end_ids: list[int]) -> dict[str, object]:
    return {
        "bos_token_id": end_ids[-1],
        "do_sample": True,
        "eos_token_id": end_ids,
        "pad_token_id": end_ids[-1],
        "temperature": 0.6,
        "top_k": 20,
        "top_p": 0.95,
    }


def _tokenizer_config(tokenizer: Tokenizer) -> dict[str, object]:
    added = {str(i): _added(token) for i, token in sorted(tokenizer.get_added_tokens_decoder().items())}
    return {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": added,
        "additional_special_tokens": [TURN_START, TURN_END],
        "bos_token": None,
        "chat_template": TEMPLATE.read_text(),
        "clean_up_tokenization_spaces": False,
        "eos_token": TURN_END,
        "errors": "replace",
        "model_max_length": CONFIG["max_position_embeddings"],
        "pad_token": END_OF_TEXT,
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }


def _added(token: object) -> dict[str, object]:
    names = ("content", "lstrip", "normalized", "rstrip", "single_word", "special")
    return {name: getattr(token, name) for name in names}


def _write(path: Path, table: dict[str, object]) -> None:
    path.write_text(json.dumps(table, indent=2) + "\n")
