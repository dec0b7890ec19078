"""generation_config.json: the sampling a checkpoint recommends."""

from __future__ import annotations

from pathlib import Path

from gpu.checkpoints.base import GenerationDefaults
from gpu.checkpoints.json_file import read_object
from gpu.qwen3.config_fields import Fields

NAME = "generation_config.json"
MAX_PENALTY = 100.0


def read_generation_defaults(directory: Path, eos_token_ids: tuple[int, ...]) -> GenerationDefaults:
    """Read generation_config.json; `eos_token_ids` are config.json's, which hold where this file names none.

    Raises:
        FormatError: the file is no JSON object.
        ConfigError: a field is malformed or out of range.
    """
    path = directory / NAME
    if not path.is_file():
        return GenerationDefaults(eos_token_ids=eos_token_ids)
    fields = Fields(read_object(path), path)
    return GenerationDefaults(
        temperature=fields.number_between("temperature", 0.0, MAX_PENALTY),
        top_k=fields.integer("top_k", least=0) if fields.has("top_k") else None,
        top_p=fields.number_between("top_p", 0.0, 1.0),
        min_p=fields.number_between("min_p", 0.0, 1.0),
        repetition_penalty=fields.number_between("repetition_penalty", 0.01, MAX_PENALTY),
        presence_penalty=fields.number_between("presence_penalty", -MAX_PENALTY, MAX_PENALTY),
        do_sample=fields.flag("do_sample", False) if fields.has("do_sample") else None,
        eos_token_ids=fields.integers("eos_token_id") or eos_token_ids,
    )
