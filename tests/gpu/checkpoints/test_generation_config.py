from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gpu.checkpoints import GenerationDefaults
from gpu.checkpoints.generation_config import read_generation_defaults
from gpu.errors import ConfigError


def read(directory: Path, **fields: Any) -> GenerationDefaults:
    (directory / "generation_config.json").write_text(json.dumps(fields), encoding="utf-8")
    return read_generation_defaults(directory, (3,))


def test_without_the_file_only_the_stop_ids_of_the_config_are_known(tmp_path: Path) -> None:
    assert read_generation_defaults(tmp_path, (3,)) == GenerationDefaults(eos_token_ids=(3,))


def test_recommendations_of_a_released_model(tmp_path: Path) -> None:
    defaults = read(
        tmp_path, do_sample=True, eos_token_id=[151645, 151643], temperature=0.6, top_k=20, top_p=0.95
    )
    assert defaults == GenerationDefaults(0.6, 20, 0.95, do_sample=True, eos_token_ids=(151645, 151643))


def test_other_fields_are_ignored_and_null_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, bos_token_id=1, top_k=None) == GenerationDefaults(eos_token_ids=(3,))


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": -0.1},
        {"temperature": "hot"},
        {"top_k": 2.5},
        {"top_p": 1.5},
        {"min_p": -1},
        {"repetition_penalty": 0},
        {"presence_penalty": float("nan")},
        {"do_sample": "yes"},
        {"eos_token_id": [-1]},
    ],
)
def test_values_out_of_range_are_refused_by_field(fields: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"generation_config.json: {next(iter(fields))} must"):
        read(tmp_path, **fields)
