from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine_session import EngineOptions, EngineSession, ModelFiles, recommended_sampling, weights_cache
from app.tuned_file import TunedFile
from gpu.checkpoints import GenerationDefaults
from gpu.device import Gpu
from gpu.errors import Cancelled, FormatError
from gpu.qwen3.loader import LoadProgress
from gpu.sampling import Sampling
from gpu.scheme import Scheme
from gpu.variants import Variants
from tests.golden.qwen3.checkpoints import SPECS, write_checkpoint
from tests.golden.text import SMALL

OPTIONS = EngineOptions(Scheme.parse("W4A8"), cache_directory=None)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_checkpoint(SPECS[0], tmp_path / "model")


def test_token_ids_need_no_tokenizer(model: Path) -> None:
    files = ModelFiles.open(str(model))
    assert not files.has_tokenizer
    assert files.stop_ids == frozenset()
    with pytest.raises(FormatError, match=r"tokenizer\.json"):
        _ = files.codec
    files.close()


def test_stop_ids_are_the_checkpoints_and_the_tokenizers(model: Path) -> None:
    for file in SMALL.iterdir():
        shutil.copy(file, model)
    (model / "generation_config.json").write_text('{"eos_token_id": [5, 6]}', encoding="utf-8")
    files = ModelFiles.open(str(model))
    assert files.stop_ids == {5, 6} | files.codec.stop_ids
    assert len(files.stop_ids) > 2
    files.close()


def test_a_session_frees_what_it_took(model: Path, tmp_path: Path) -> None:
    seen: list[LoadProgress] = []
    options = replace(OPTIONS, cache_directory=tmp_path / "cache", context_tokens=32, progress=seen.append)
    with EngineSession(ModelFiles.open(str(model)).checkpoint, options) as session:
        assert session.model.context_tokens == 32
        assert session.gpu.ledger.total_bytes() > 0
    assert session.gpu.ledger.total_bytes() == 0
    assert seen[-1].done_bytes == seen[-1].total_bytes
    assert list((tmp_path / "cache").iterdir())


def test_a_load_that_ends_early_closes_the_device(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Gpu] = []
    close = Gpu.close
    monkeypatch.setattr(Gpu, "close", lambda gpu: closed.append(gpu) or close(gpu))
    with pytest.raises(Cancelled):
        EngineSession(ModelFiles.open(str(model)).checkpoint, replace(OPTIONS, cancel=lambda: True))
    assert [gpu.ledger.total_bytes() for gpu in closed] == [0]


def test_quantized_weights_are_kept_where_the_system_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights_cache() == tmp_path / "quantscope" / "weights"


def test_what_a_checkpoint_recommends() -> None:
    assert recommended_sampling(GenerationDefaults()) == Sampling()
    stated = GenerationDefaults(temperature=0.6, top_k=0, top_p=0.95, min_p=0.1)
    assert recommended_sampling(stated) == Sampling(0.6, 0, 0.95, 0.1)
    penalties = GenerationDefaults(repetition_penalty=1.2, presence_penalty=1.5, do_sample=True)
    assert recommended_sampling(penalties) == Sampling(repetition_penalty=1.2, presence_penalty=1.5)
    greedy = GenerationDefaults(temperature=0.6, do_sample=False)
    assert recommended_sampling(greedy).temperature == 0


def test_the_model_runs_the_kernels_that_were_fastest(model: Path, tmp_path: Path) -> None:
    heard: list[LoadProgress] = []
    best = {"threads": 64, "teams": 4}
    file = TunedFile(tmp_path / "kernels.json", lambda t: 0.5 if best.get(t.knob) == t.value else 1.0)
    with EngineSession(
        ModelFiles.open(str(model)).checkpoint, replace(OPTIONS, tuned=file, progress=heard.append)
    ) as session:
        assert session.gpu.variants == Variants(64, 4, "pairs")
        list(session.model.feed([1, 2, 3]))
    assert "kernels" in heard[0].stage
    assert 0 < heard[0].done_bytes < heard[0].total_bytes
    with EngineSession(ModelFiles.open(str(model)).checkpoint, OPTIONS) as session:
        assert session.gpu.variants == Variants(8, 1, "pairs")
