from __future__ import annotations

import itertools

import numpy as np
import pytest

from gpu.errors import Cancelled, RequestError
from gpu.evaluate.perplexity import cross_entropy, measure_perplexity
from gpu.probes.knockout import KnockoutRequest, knock_out, random_targets, top_probabilities
from tests.golden.qwen3.reference import Reference
from tests.gpu.probes.conftest import PROMPT, Load, Subject
from tests.gpu.probes.decisive import CHANNEL
from tests.gpu.probes.planted import PLANTED
from tests.gpu.probes.test_capture import is_as_loaded
from tests.gpu.sentences import is_one_sentence

TARGETS: dict[str, tuple[int, ...]] = {}
for _site, _channel in sorted(PLANTED):
    TARGETS[_site] = (*TARGETS.get(_site, ()), _channel)


def test_the_untouched_model_scores_as_it_does_elsewhere(load: Load) -> None:
    subject = load("random", "W16A16")
    request = KnockoutRequest(PROMPT, 16, {"layers.0": (1,)}, (0,))
    found = knock_out(subject.model, subject.checkpoint, request)
    expected = measure_perplexity(subject.model, PROMPT, 16)
    assert found.baseline.perplexity == pytest.approx(expected.perplexity, rel=1e-6)
    reference = Reference(subject.checkpoint)
    logits = np.concatenate([reference.logits(PROMPT[i : i + 16])[:-1] for i in (0, 16, 32)])
    top = float(top_probabilities(logits).mean())
    assert found.baseline.top_probability == pytest.approx(top, rel=1e-4)
    assert found.kept is None  # nothing is quantized
    assert found.chosen != found.baseline
    assert (found.channels, found.sites, found.tokens) == (1, 1, len(PROMPT))
    subject.model.rewind(0)
    assert is_as_loaded(subject.model)


def test_keeping_planted_channels_apart_repairs_what_one_scale_broke(load: Load) -> None:
    """They carry nothing of their own, but stretch the scale of all."""
    exact, subject = load("planted", "W16A16"), load("planted", "W8A8@tensor")
    ids = tuple(itertools.islice(itertools.cycle(PROMPT), 60))
    untouched = KnockoutRequest(ids, 60, {"layers.0": (1,)}, (0,))
    reference = knock_out(exact.model, exact.checkpoint, untouched).baseline
    found = knock_out(subject.model, subject.checkpoint, KnockoutRequest(ids, 60, TARGETS, (0, 1)))
    off = abs(found.kept.perplexity / reference.perplexity - 1)
    assert off < 0.01
    assert off < abs(found.baseline.perplexity / reference.perplexity - 1)
    assert len(found.random) == 2
    assert found.random[0] != found.random[1]


def test_a_channel_that_all_layers_read_ruins_the_model_exactly_as_far_as_it_must(load: Load) -> None:
    """Without it every layer adds nothing and attends evenly: what is left is the embedding."""
    subject = load("decisive", "W16A16")
    ids = greedy(subject, 24)
    sites = [f"layers.{i}.{name}" for i in (0, 1) for name in ("self_attn.qkv_proj", "mlp.gate_up_proj")]
    request = KnockoutRequest(ids, 24, dict.fromkeys(sites, (CHANNEL,)), (0, 1))
    found = knock_out(subject.model, subject.checkpoint, request)
    logits = logits_of_embeddings(subject, ids[:-1])
    perplexity = np.exp(cross_entropy(logits, np.array(ids[1:])).mean())
    assert found.chosen.perplexity == pytest.approx(perplexity, rel=1e-4)
    assert found.factor == found.chosen.perplexity / found.baseline.perplexity > 7
    assert found.chosen.top_probability == pytest.approx(top_probabilities(logits).mean(), rel=1e-4)
    assert found.chosen.top_attention == pytest.approx(np.mean([1 / (t + 1) for t in range(1, 23)]), rel=1e-4)
    assert found.baseline.top_attention > found.chosen.top_attention
    assert found.random == (found.baseline, found.baseline)  # no layer reads any other channel
    assert found.worth.share > 1e6


def greedy(subject: Subject, count: int) -> tuple[int, ...]:
    """What the model itself would say, so that it is sure of it."""
    reference, ids = Reference(subject.checkpoint), [3]
    while len(ids) < count:
        ids.append(int(reference.logits(ids)[-1].argmax()))
    return tuple(ids)


def logits_of_embeddings(subject: Subject, ids: tuple[int, ...]) -> np.ndarray:
    table, gain = (
        subject.checkpoint.tensor(f"model.{name}.weight").read_f32().astype(np.float64)
        for name in ("embed_tokens", "norm")
    )
    x = table[list(ids)]
    x = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + subject.checkpoint.config.rms_norm_eps) * gain
    return (x @ table.T).astype(np.float32)


def test_random_channels_are_as_many_and_never_the_chosen_ones(load: Load) -> None:
    model = load("random", "W16A16").model
    drawn = random_targets(model, TARGETS, seed=3)
    assert {site: len(drawn[site]) for site in drawn} == {site: len(TARGETS[site]) for site in TARGETS}
    for site, channels in drawn.items():
        assert not set(channels) & set(TARGETS[site])
    assert drawn == random_targets(model, TARGETS, seed=3)
    assert drawn != random_targets(model, TARGETS, seed=4)
    everything = {"layers.0": tuple(range(96))}
    assert random_targets(model, everything, seed=0) == {"layers.0": ()}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"token_ids": (1,)}, "at least two tokens"),
        ({"window_tokens": 1}, "at least two tokens"),
        ({"window_tokens": 65}, "2 to 64"),
        ({"targets": {}}, "No channel"),
        ({"targets": {"layers.0": ()}}, "No channel"),
        ({"targets": {"layers.0": (96,)}}, "no channel 96"),
        ({"targets": {"layers.9": (0,)}}, "no site"),
        ({"seeds": ()}, "seed"),
    ],
)
def test_what_cannot_be_knocked_out_is_refused_in_a_sentence(
    load: Load, changes: dict[str, object], said: str
) -> None:
    subject = load("random", "W16A16")
    fields = {"token_ids": PROMPT, "window_tokens": 16, "targets": TARGETS, **changes}
    with pytest.raises(RequestError, match=said) as failure:
        knock_out(subject.model, subject.checkpoint, KnockoutRequest(**fields))
    assert is_one_sentence(str(failure.value))


def test_a_cancelled_experiment_leaves_the_model_as_it_was(load: Load) -> None:
    subject = load("random", "W16A16")
    stages: list[str] = []
    with pytest.raises(Cancelled):
        knock_out(
            subject.model,
            subject.checkpoint,
            KnockoutRequest(PROMPT, 16, TARGETS),
            lambda stage, _done, _total: stages.append(stage),
            lambda: "without the chosen channels" in stages,
        )
    assert is_as_loaded(subject.model)
