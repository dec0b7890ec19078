"""A model is what it was fed: however the tokens came in, numpy gives the same logits for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu, open_gpu
from gpu.errors import Cancelled, RequestError
from gpu.kernels.matrix import MANY
from gpu.kit import Op
from gpu.model import LoadOptions, Model
from gpu.pipelines import Pipeline
from gpu.probes.sites import sites_of
from gpu.qwen3.allocation import CHUNK_TOKENS
from gpu.qwen3.linear import Variant
from gpu.qwen3.workspace import HEAD_ROWS
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS
from tests.golden.qwen3.reference import Reference
from tests.gpu.sentences import is_one_sentence

SPEC = next(spec for spec in SPECS if spec.name == "sliding-window")
CONTEXT = 300
IDS = np.random.default_rng(3).integers(0, SPEC.vocab_size, CONTEXT).tolist()
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def loaded(golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPEC.name, CONTEXT)


@pytest.fixture
def model(loaded: Model) -> Model:
    loaded.rewind(0)
    return loaded


@pytest.fixture(scope="module")
def expected(golden_checkpoint: Callable[[str], Checkpoint]) -> np.ndarray:
    """Logits after every token of IDS: causal, so they hold for every prefix."""
    return Reference(golden_checkpoint(SPEC.name)).logits(IDS)


def check(found: np.ndarray, wanted: np.ndarray) -> None:
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= TOLERANCE * np.abs(wanted).max()


def feed(model: Model, tokens: int, *, probed: bool = False) -> None:
    """The next `tokens` of IDS."""
    start = len(model.cached_ids)
    list(model.feed(IDS[start : start + tokens], probed=probed))


def test_logits_of_every_row_over_several_chunks(model: Model, expected: np.ndarray) -> None:
    parts = list(model.all_logits(IDS))
    assert max(map(len, parts)) == HEAD_ROWS
    check(np.concatenate(parts), expected)


passes = st.tuples(
    st.sampled_from(["feed", "feed probed", "all logits", "rewind"]),
    st.sampled_from([1, 1, 1, 2, 7, 9, 60, CHUNK_TOKENS, CHUNK_TOKENS + 1]),
)


@settings(max_examples=25)
@given(steps=st.lists(passes, min_size=1, max_size=8))
def test_any_sequence_of_passes(loaded: Model, expected: np.ndarray, steps: list[tuple[str, int]]) -> None:
    loaded.rewind(0)
    for kind, tokens in steps:
        held = len(loaded.cached_ids)
        if kind == "rewind":
            loaded.rewind(max(0, held - tokens))
        elif held + tokens > CONTEXT:
            continue
        elif kind == "all logits":
            rows = np.concatenate(list(loaded.all_logits(IDS[held : held + tokens])))
            check(rows, expected[held : held + tokens])
        else:
            feed(loaded, tokens, probed=kind == "feed probed")
            check(loaded.last_logits(), expected[held + tokens - 1])
        assert loaded.cached_ids == IDS[: len(loaded.cached_ids)]


def test_feeding_says_how_far_it_is(model: Model) -> None:
    assert list(model.feed(IDS)) == [CHUNK_TOKENS, 2 * CHUNK_TOKENS, CONTEXT]
    model.rewind(10)
    assert list(model.feed(IDS[10:15])) == [5]
    assert list(model.feed([])) == []


def test_tokens_beyond_the_context_are_refused_and_change_nothing(model: Model, expected: np.ndarray) -> None:
    feed(model, CONTEXT - 1)
    for use in (lambda: list(model.feed([1, 2])), lambda: list(model.all_logits([1, 2]))):
        with pytest.raises(RequestError) as failure:
            use()
        assert is_one_sentence(str(failure.value))
    feed(model, 1)
    check(model.last_logits(), expected[-1])


@pytest.mark.parametrize("tokens", [1, 40])
def test_cancel_leaves_what_was_in(model: Model, expected: np.ndarray, tokens: int) -> None:
    feed(model, 20)
    with pytest.raises(Cancelled):
        list(model.feed([5] * tokens, lambda: True))
    assert model.cached_ids == IDS[:20]
    feed(model, 3)
    check(model.last_logits(), expected[22])


def test_dispatches_of_a_token_are_those_recorded(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(model, 2)  # the first of them also compiles and records ahead
    feed(model, 1)
    recorded, record = [], Op.record

    def counted(op: Op, compute_pass: object, tokens: int) -> None:
        recorded.append(tokens)
        record(op, compute_pass, tokens)

    monkeypatch.setattr(Op, "record", counted)
    feed(model, 1)
    assert recorded == [1] * model.dispatches_per_token


def test_chunks_before_the_last_end_in_the_cache(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[int] = []
    for module in ("model", "stretches"):
        monkeypatch.setattr(f"gpu.{module}.record", lambda _gpu, ops, _tokens: recorded.append(len(ops)))
    monkeypatch.setattr(Gpu, "submit", lambda _gpu, _commands: None)
    first, both = [sum(recorded) for _ in model.feed(IDS[: 2 * CHUNK_TOKENS])]
    head = recorded[-1]
    assert first < both - first - head


def test_a_prompt_is_quantized_once_and_a_token_by_the_matrices_that_read_it(
    golden_model: Callable[..., Model],
) -> None:
    layer_ops = golden_model(SPEC.name, CONTEXT, "W4A8")._layer_ops
    layers = {columns: layer_ops(Variant(columns, probed=False)) for columns in (1, MANY)}
    quantized = {
        columns: sum(op.dispatch.pipeline.name == "quantize" for op in layer)
        for columns, (layer, *_) in layers.items()
    }
    assert quantized == {1: 0, MANY: 2}  # the output projection's and the down projection's input


def test_sites_are_the_models(model: Model) -> None:
    assert model.sites == tuple(site.name for site in sites_of(model.config))


def test_closing_frees_everything(golden_checkpoint: Callable[[str], Checkpoint]) -> None:
    gpu = open_gpu()
    model = Model.load(gpu, golden_checkpoint("tied-pairs"), Scheme.parse("W4A8"), LoadOptions(32))
    assert model.ledger.total_bytes() > 0
    model.close()
    assert gpu.ledger.entries() == ()
    gpu.close()


@pytest.mark.parametrize("probed", [False, True])
def test_kernels_of_an_answer_are_compiled_while_it_loads(
    model_gpu: Gpu,
    golden_checkpoint: Callable[[str], Checkpoint],
    monkeypatch: pytest.MonkeyPatch,
    probed: bool,
) -> None:
    checkpoint, scheme = golden_checkpoint(SPEC.name), Scheme.parse("W4A8")
    model = Model.load(model_gpu, checkpoint, scheme, LoadOptions(CONTEXT, probed=probed))
    compiled: list[str] = []
    monkeypatch.setattr(Pipeline, "__init__", lambda _, __, names, *___: compiled.extend(names))
    feed(model, 9, probed=probed)
    feed(model, 1, probed=probed)
    model.last_logits()
    assert compiled == []
