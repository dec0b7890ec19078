"""The plan is the truth: what is promised before loading is what the ledger holds after it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.errors import BudgetError, ConfigError, QuantscopeError, RequestError, SchemeError
from gpu.layouts import choose_layout
from gpu.ledger import PURPOSES
from gpu.model import LoadOptions, Model
from gpu.qwen3.allocation import Plan, planned_bytes, weight_layout
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS
from tests.gpu.sentences import is_one_sentence

SCHEMES = (
    *("W16A16", "W4A8", "W8A8", "W4A16", "W8A16", "W4-g128A8"),
    *("W8A8@tensor", "W4A4@token", "W4A8+kv32", "W16A16+kv16", "W4A8+kv8", "W4A8+kv4"),
)
CONTEXTS = (2, 40, 128)
COMBINATIONS = [
    (SPECS[i % len(SPECS)].name, scheme, CONTEXTS[i % len(CONTEXTS)], layout)
    for i, (scheme, layout) in enumerate(itertools.product(SCHEMES, ("pairs", "buffer")))
]
GoldenCheckpoint = Callable[[str], Checkpoint]


def plan_of(gpu: Gpu, checkpoint: Checkpoint, scheme: str, context: int, layout: str | None = None) -> Plan:
    return Plan(
        checkpoint.config,
        Scheme.parse(scheme),
        context,
        layout or choose_layout(gpu),
        lambda name: checkpoint.tensor(name).dtype,
    )


def check_plan(gpu: Gpu, checkpoint: Checkpoint, scheme: str, context: int, layout: str) -> None:
    planned = planned_bytes(gpu, plan_of(gpu, checkpoint, scheme, context, layout))
    assert gpu.ledger.entries() == ()
    model = Model.load(gpu, checkpoint, Scheme.parse(scheme), LoadOptions(context, layout=layout))
    assert gpu.ledger.by_purpose() == planned
    list(model.feed([1]))
    assert gpu.ledger.by_purpose() == planned
    model.close()


@pytest.mark.parametrize(("name", "scheme", "context", "layout"), COMBINATIONS)
def test_planned_bytes_are_those_of_a_real_load(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, name: str, scheme: str, context: int, layout: str
) -> None:
    check_plan(model_gpu, golden_checkpoint(name), scheme, context, layout)


@pytest.mark.parametrize("scheme", ["W16A16", "W4A8", "W4A8+kv32"])
@pytest.mark.parametrize("without", [(), ("texture", "subgroup", "dot4")])
def test_planned_bytes_on_hardware_and_without_features(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, scheme: str, without: tuple[str, ...]
) -> None:
    adapter = replace(model_gpu.adapter, kind="discrete")
    hardware = replace(model_gpu, adapter=adapter, without=frozenset(without))
    check_plan(hardware, golden_checkpoint("tied-pairs"), scheme, 40, "buffer")


def test_planned_bytes_of_a_matrix_in_slabs(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {**model_gpu.limits, "max-storage-buffer-binding-size": 30_000}
    monkeypatch.setattr(model_gpu, "limits", limits)
    plan = plan_of(model_gpu, golden_checkpoint("tied-pairs"), "W16A16", 16)
    Model.load(model_gpu, golden_checkpoint("tied-pairs"), plan.scheme, LoadOptions(16))
    assert model_gpu.ledger.by_purpose() == planned_bytes(model_gpu, plan)
    assert sum(entry.name == "embedding" for entry in model_gpu.ledger.entries()) > 1


def test_every_purpose_is_planned(model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint) -> None:
    planned = planned_bytes(model_gpu, plan_of(model_gpu, golden_checkpoint("tied-pairs"), "W4A8", 40))
    assert set(planned) == set(PURPOSES)
    assert all(planned.values())


def test_pairs_are_for_integer_products_only(model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint) -> None:
    checkpoint = golden_checkpoint("tied-pairs")
    assert weight_layout(plan_of(model_gpu, checkpoint, "W4A8", 40, "pairs")) == "pairs"
    assert weight_layout(plan_of(model_gpu, checkpoint, "W4A16", 40, "pairs")) == "buffer"


def refuse_to_allocate(*_: object) -> None:
    raise AssertionError("something was allocated")


def refused_load(
    gpu: Gpu, checkpoint: Checkpoint, scheme: str, options: LoadOptions, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The sentence of a load that must fail before it allocates anything."""
    with monkeypatch.context() as patch:
        patch.setattr(gpu.ledger, "_create_buffer", refuse_to_allocate)
        patch.setattr(gpu.ledger, "_create_texture", refuse_to_allocate)
        with pytest.raises(QuantscopeError) as failure:
            Model.load(gpu, checkpoint, Scheme.parse(scheme), options)
    assert is_one_sentence(str(failure.value))
    assert gpu.ledger.entries() == ()
    return str(failure.value)


@pytest.mark.parametrize(
    ("scheme", "part"), [("W16A16", 0.5), *itertools.product(("W16A16", "W8A8", "W4-g128A8"), (0.999, 0.8))]
)
def test_what_is_suggested_instead_really_fits(
    model_gpu: Gpu,
    golden_checkpoint: GoldenCheckpoint,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    part: float,
) -> None:
    checkpoint = golden_checkpoint("untied-multihead")
    needed = sum(planned_bytes(model_gpu, plan_of(model_gpu, checkpoint, scheme, 1024)).values())
    available = int(part * needed)
    options = LoadOptions(1024, available_bytes=available)
    sentence = refused_load(model_gpu, checkpoint, scheme, options, monkeypatch)
    found = re.search(r"(W\S+) with a context of ([\d,]+) tokens would fit", sentence)
    assert found is not None
    context = int(found[2].replace(",", ""))
    Model.load(model_gpu, checkpoint, Scheme.parse(found[1]), LoadOptions(context, available_bytes=available))
    assert model_gpu.ledger.total_bytes() <= available


def test_budget_error_carries_the_bytes(model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint) -> None:
    checkpoint = golden_checkpoint("tied-pairs")
    needed = sum(planned_bytes(model_gpu, plan_of(model_gpu, checkpoint, "W4A8", 64)).values())
    Model.load(model_gpu, checkpoint, Scheme.parse("W4A8"), LoadOptions(64, available_bytes=needed)).close()
    with pytest.raises(BudgetError) as failure:
        Model.load(model_gpu, checkpoint, Scheme.parse("W4A8"), LoadOptions(64, available_bytes=needed - 1))
    assert (failure.value.needed_bytes, failure.value.available_bytes) == (needed, needed - 1)


def test_nothing_fits_in_nothing(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = LoadOptions(64, available_bytes=1000)
    sentence = refused_load(model_gpu, golden_checkpoint("tied-pairs"), "W16A16", options, monkeypatch)
    assert "no scheme would fit; choose a smaller model" in sentence


@pytest.mark.parametrize(
    ("scheme", "mention"),
    [
        ("W3A8", "4, 8 or 16 bits"),
        ("W2A16", "4, 8 or 16 bits"),
        ("W16A8", "weights of 4 or 8"),
        ("W4-g16A8", "groups of 32, 64 or 128"),
        ("W4-g256A8", "groups of 32, 64 or 128"),
        ("W4:awqA8", "awq"),
        ("W4A8@b16", "multiples of 32"),
        ("W8A8@b4", "multiples of 32"),
    ],
)
def test_schemes_that_do_not_run(
    model_gpu: Gpu,
    golden_checkpoint: GoldenCheckpoint,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    mention: str,
) -> None:
    checkpoint = golden_checkpoint("tied-pairs")
    assert mention in refused_load(model_gpu, checkpoint, scheme, LoadOptions(64), monkeypatch)
    with pytest.raises(SchemeError):
        Model.load(model_gpu, checkpoint, Scheme.parse(scheme), LoadOptions(64))


@pytest.mark.parametrize(
    ("fields", "mention"),
    [
        ({"head_dim": 136}, "136"),
        ({"head_dim": 20}, "20"),
    ],
)
def test_models_that_do_not_run(
    model_gpu: Gpu,
    golden_checkpoint: GoldenCheckpoint,
    monkeypatch: pytest.MonkeyPatch,
    fields: dict[str, int],
    mention: str,
) -> None:
    checkpoint = golden_checkpoint("tied-pairs")
    broken = replace(checkpoint, config=replace(checkpoint.config, **fields))
    assert mention in refused_load(model_gpu, broken, "W4A8", LoadOptions(64), monkeypatch)
    with pytest.raises(ConfigError):
        Model.load(model_gpu, broken, Scheme.parse("W4A8"), LoadOptions(64))


@pytest.mark.parametrize("context", [-1, 0, 1, 1025])
def test_contexts_the_model_does_not_take(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, monkeypatch: pytest.MonkeyPatch, context: int
) -> None:
    checkpoint = golden_checkpoint("tied-pairs")
    sentence = refused_load(model_gpu, checkpoint, "W4A8", LoadOptions(context), monkeypatch)
    assert f"{context:,}" in sentence
    with pytest.raises(RequestError):
        Model.load(model_gpu, checkpoint, Scheme.parse("W4A8"), LoadOptions(context))


def test_a_cache_beyond_the_binding_limit_is_stated(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_gpu, "limits", {**model_gpu.limits, "max-storage-buffer-binding-size": 200_000})
    checkpoint = golden_checkpoint("tied-pairs")
    sentence = refused_load(model_gpu, checkpoint, "W16A16", LoadOptions(1024), monkeypatch)
    assert "shorter context" in sentence
    Model.load(model_gpu, checkpoint, Scheme.parse("W16A16"), LoadOptions(64))


def test_without_a_wish_the_context_is_the_models_up_to_a_limit(
    model_gpu: Gpu, golden_checkpoint: GoldenCheckpoint
) -> None:
    short, long = golden_checkpoint("eight-to-one-yarn"), golden_checkpoint("tied-pairs")
    long = replace(long, config=replace(long.config, max_position_embeddings=100_000))
    for checkpoint, expected in ((short, 128), (long, 4096)):
        model = Model.load(model_gpu, checkpoint, Scheme.parse("W4A8"))
        assert model.context_tokens == expected
        model.close()
