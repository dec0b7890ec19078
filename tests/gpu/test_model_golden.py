"""The whole engine against transformers, on random checkpoints of awkward shapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gpu.checkpoints import open_checkpoint
from gpu.device import Gpu, open_gpu
from gpu.events import Token
from gpu.generate import Request, generate
from gpu.model import LoadOptions, Model
from gpu.sampling import Sampling
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import MIXTURES, SPECS, Spec, load_golden, write_checkpoint


@pytest.fixture(scope="module")
def device() -> Iterator[Gpu]:
    gpu = open_gpu()
    yield gpu
    gpu.close()


@pytest.fixture(scope="module", params=[*SPECS, *MIXTURES], ids=str)
def spec(request: pytest.FixtureRequest) -> Spec:
    return request.param


@pytest.fixture(scope="module")
def model(device: Gpu, spec: Spec, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    directory: Path = tmp_path_factory.mktemp(str(spec))
    write_checkpoint(spec, directory)
    loaded = Model.load(
        device, open_checkpoint(directory), Scheme.parse("W16A16"), LoadOptions(context_tokens=128)
    )
    yield loaded
    loaded.close()


def test_logits_of_every_row(model: Model, spec: Spec) -> None:
    golden = load_golden(spec)
    model.rewind(0)
    found = np.concatenate(list(model.all_logits(golden.prompt_ids)))
    error = np.abs(found - golden.logits).max() / np.abs(golden.logits).max()
    assert error <= 1e-4


def test_greedy_tokens(model: Model, spec: Spec) -> None:
    golden = load_golden(spec)
    request = Request(1, golden.prompt_ids, Sampling(temperature=0), max_new_tokens=64)
    found = [event.token_id for event in generate(model, request) if isinstance(event, Token)]
    assert found == list(golden.greedy_ids)


def test_prefill_in_one_chunk_equals_token_by_token(model: Model, spec: Spec) -> None:
    ids = load_golden(spec).prompt_ids
    model.rewind(0)
    list(model.feed(ids))
    together = model.last_logits().copy()
    model.rewind(0)
    for token in ids:
        list(model.feed([token]))
    np.testing.assert_allclose(model.last_logits(), together, atol=1e-4 * np.abs(together).max())
