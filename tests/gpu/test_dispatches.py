"""How few dispatches a token takes, and that it is the same token."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from unittest.mock import Mock

import numpy as np
import pytest

from gpu.checkpoints import Checkpoint
from gpu.checkpoints.synthetic import SyntheticCheckpoint
from gpu.device import Gpu
from gpu.model import LoadOptions, Model
from gpu.pipelines import Pipeline, Pipelines, read_sources
from gpu.probes.rows import KeptRows
from gpu.probes.sites import sites_of
from gpu.qwen3 import workspace
from gpu.qwen3.linear import Variant
from gpu.scheme import Scheme
from gpu.variants import PARTS, ROWS_AT_ONCE, TEAMS, THREADS, TILES, Variants
from tests.golden.qwen3.checkpoints import SPECS, load_golden
from tests.gpu.qwen3.numpy_decoder import error

NAME, CONTEXT = "tied-pairs", 64
IDS = next(load_golden(spec).prompt_ids for spec in SPECS if spec.name == NAME)[:12]
SPLIT_FROM = 5
Golden = Callable[[str], Checkpoint]


@pytest.fixture
def hardware(model_gpu: Gpu, monkeypatch: pytest.MonkeyPatch) -> Gpu:
    """What a graphics card gets: weights and cache in buffers, long contexts split."""
    monkeypatch.setattr(workspace, "LEAST_SPLIT", SPLIT_FROM)
    return replace(model_gpu, adapter=replace(model_gpu.adapter, kind="discrete"))


def load(gpu: Gpu, checkpoint: Checkpoint, scheme: str = "W4A8") -> Model:
    return Model.load(gpu, checkpoint, Scheme.parse(scheme), LoadOptions(CONTEXT))


def decoded(model: Model, *, probed: bool = False) -> np.ndarray:
    """The logits after each token, one by one."""
    rows = []
    for token in IDS:
        list(model.feed([token], probed=probed))
        rows.append(model.last_logits())
    return np.stack(rows)


def test_a_token_of_36_layers_takes_at_most_184(
    model_gpu: Gpu, hardware: Gpu, golden_checkpoint: Golden
) -> None:
    """Five a layer, the embedding, the head, and two that choose the next; wherever weights lie."""
    deep = SyntheticCheckpoint(replace(golden_checkpoint(NAME).config, num_hidden_layers=36))
    for gpu in (model_gpu, hardware):
        model = load(gpu, deep)
        assert len(model.token_ops(chooses=True)) == 5 * 36 + 4
        model.close()


def test_only_long_contexts_are_merged(hardware: Gpu, golden_checkpoint: Golden) -> None:
    model = load(hardware, golden_checkpoint(NAME))
    layers = model.config.num_hidden_layers
    model.cached_ids[:] = [0] * (SPLIT_FROM - 1)
    assert model.dispatches_per_token == 5 * layers + 2
    model.cached_ids.append(0)
    assert model.dispatches_per_token == 6 * layers + 2


@pytest.mark.parametrize("scheme", ["W4A8", "W8A8", "W16A16", "W4A8+kv8"])
def test_tokens_are_the_same_before_and_after_the_context_is_split(
    hardware: Gpu, golden_checkpoint: Golden, scheme: str
) -> None:
    model = load(hardware, golden_checkpoint(NAME), scheme)
    one_by_one = decoded(model)
    model.rewind(SPLIT_FROM)
    list(model.feed(IDS[SPLIT_FROM:]))
    rounds = "A8" in scheme or "kv" in scheme  # values beside a half may round the other way
    assert error(model.last_logits(), one_by_one[-1]) <= (2e-2 if rounds else 1e-5)


@pytest.mark.parametrize(("name", "scheme"), [(NAME, "W4A8"), (NAME, "W8A8"), ("experts", "W4A8")])
def test_what_is_quantized_on_loading_changes_no_bit(
    hardware: Gpu, golden_checkpoint: Golden, name: str, scheme: str
) -> None:
    """Against kernels that norm and quantize once for all; under probes, too."""
    found = {}
    for rows in (0, 32):
        tuned = replace(hardware, tuned=replace(hardware.variants, rows=rows))
        for probed in (False, True):
            model = load(tuned, golden_checkpoint(name), scheme)
            found[rows, probed] = decoded(model, probed=probed)
            model.close()
    for logits in found.values():
        np.testing.assert_array_equal(logits, found[0, False])


@pytest.mark.parametrize("scheme", ["W4A8", "W8A8@token", "W16A16"])
@pytest.mark.parametrize("rows", [None, 0, 32])
def test_statistics_of_single_tokens_are_those_of_what_matrices_read(
    model_gpu: Gpu, hardware: Gpu, golden_checkpoint: Golden, rows: int | None, scheme: str
) -> None:
    """Whichever kernel leaves them in the ring, in textures or, by so many rows, in buffers."""
    fused = replace(hardware, tuned=replace(hardware.variants, rows=rows or 0))
    model = load(model_gpu if rows is None else fused, golden_checkpoint(NAME), scheme)
    sites = sites_of(model.config)
    kept = KeptRows(model.gpu, sites, CONTEXT)
    model.instrument(watchers=[kept])
    decoded(model, probed=True)
    for site in sites:
        values, found = kept.read(site.name, len(IDS)), model.probes.statistics(site.name)
        np.testing.assert_array_equal(found.absmax, np.abs(values).max(axis=0), err_msg=site.name)
        np.testing.assert_allclose(found.rms**2, np.square(values).mean(axis=0), rtol=1e-5, atol=1e-12)
        np.testing.assert_array_equal(model.probes.read(site.name).newest, values[-1])


@pytest.mark.parametrize("scheme", ["W4A8", "W8A8+kv4"])
def test_the_widest_workgroups_need_no_more_than_every_adapter_has(
    hardware: Gpu, golden_checkpoint: Golden, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """16 KiB of workgroup memory, 256 threads and eight storage buffers for a kernel."""
    got: list[tuple[tuple[str, ...], dict[str, float]]] = []

    def get(_: Pipelines, *names: str, **constants: float) -> Pipeline:
        got.append((tuple(dict.fromkeys(names)), constants))
        return Mock(spec=Pipeline)

    widest = Variants(max(THREADS), max(TEAMS), "buffer", max(TILES), max(PARTS), max(ROWS_AT_ONCE))
    model = load(replace(hardware, tuned=widest), golden_checkpoint(NAME), scheme)
    monkeypatch.setattr(Pipelines, "get", get)
    model.instrument()
    for split in (False, True):
        assert model.token_ops(Variant(1, probed=True, split=split, ring_row=3))
    fused = [needs_of(read_sources(names), each) for names, each in got if names[-1] in FUSED]
    assert 12 << 10 < max(needs.memory_bytes for needs in fused) <= 16 << 10
    assert max(needs.threads for needs in fused) == 256
    assert max(needs.buffers for needs in fused) <= 8


@dataclass(frozen=True)
class Needs:
    """What a workgroup of a kernel takes."""

    memory_bytes: int
    threads: int
    buffers: int


FUSED = ("matvec", "attention")
SIZES = {"f32": 4, "vec4<f32>": 16, "vec4<u32>": 16, "Slice": 64}


def needs_of(source: str, constants: dict[str, float]) -> Needs:
    """As the declarations say, with these values of overrides."""
    stated = re.findall(r"(?:override|const) (\w+): u32 = (\d+)u;", source)
    values = {name: int(value) for name, value in stated} | {k: int(v) for k, v in constants.items()}

    def count(expression: str) -> int:
        return int(eval(re.sub(r"(\d)u\b", r"\1", expression).replace("/", "//"), {}, values))

    arrays = re.findall(r"var<workgroup> \w+: array<([\w<>]+), ([^>]+)>;", source)
    assert len(arrays) == source.count("var<workgroup>")
    (threads,) = re.findall(r"@workgroup_size\((.+)\)", source)
    return Needs(
        sum(SIZES[kind] * count(length) for kind, length in arrays),
        count(threads),
        source.count("var<storage"),
    )
