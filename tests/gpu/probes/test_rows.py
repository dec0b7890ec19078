from __future__ import annotations

import numpy as np
import pytest

from gpu.errors import RequestError
from gpu.probes.rows import KeptRows, check_limit, chosen_sites, values_bytes
from gpu.probes.sites import Site
from tests.golden.qwen3.reference import Reference
from tests.gpu.probes.conftest import PROMPT, Load
from tests.gpu.sentences import is_one_sentence


def test_a_ring_follows_a_chat_and_keeps_the_newest_tokens(load: Load) -> None:
    subject = load("random", "W16A16")
    model, name = subject.model, "layers.1.mlp.down_proj"
    kept = KeptRows(model.gpu, [model.probes.site(name)], capacity=25)
    model.instrument(watchers=[kept])
    for part in (PROMPT[:20], PROMPT[20:21], PROMPT[21:39], PROMPT[39:]):
        list(model.feed(part, probed=True))
    reference = Reference(subject.checkpoint)
    reference.logits(PROMPT)
    expected = reference.sites[name]
    found = kept.read(name, len(PROMPT))
    np.testing.assert_allclose(found, expected[-25:], atol=1e-4 * np.abs(expected).max())
    for tokens in (1, 3, 25, 99):
        newest = kept.read(name, len(PROMPT), tokens)
        np.testing.assert_array_equal(newest, found[len(found) - min(tokens, 25) :])
    model.rewind(10)
    assert kept.read(name, 10).shape == (10, 160)
    model.instrument()
    kept.release()


def test_a_ring_larger_than_a_binding_is_refused(load: Load) -> None:
    model = load("random", "W16A16").model
    before = model.ledger.total_bytes()
    with pytest.raises(RequestError) as failure:
        KeptRows(model.gpu, [model.probes.site("layers.0")], capacity=10**8)
    assert is_one_sentence(str(failure.value))
    assert "would fit" in str(failure.value)
    assert model.ledger.total_bytes() == before


def test_rings_are_given_back_where_the_next_one_cannot_be_had(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load("random", "W16A16").model
    before, whole = model.ledger.total_bytes(), model.ledger.buffer

    def second_fails(name: str, *rest: object) -> object:
        if name.startswith("layers.1"):
            raise MemoryError
        return whole(name, *rest)

    monkeypatch.setattr(model.ledger, "buffer", second_fails)
    with pytest.raises(MemoryError):
        KeptRows(model.gpu, [model.probes.site(f"layers.{i}") for i in range(2)], capacity=8)
    assert model.ledger.total_bytes() == before


def test_a_limit_says_how_many_tokens_and_sites_would_fit() -> None:
    sites = [Site(f"layers.{i}", 1000, 0) for i in range(4)]
    assert values_bytes(sites, 10) == 4 * 10 * 4 * 1024
    check_limit(sites, 10, values_bytes(sites, 10))
    with pytest.raises(RequestError) as failure:
        check_limit(sites, 10, values_bytes(sites, 10) - 1)
    assert is_one_sentence(str(failure.value))
    assert "9 tokens would fit, or about 3 of the sites" in str(failure.value)


def test_sites_are_chosen_in_the_models_order() -> None:
    sites = [Site(name, 8, 0) for name in ("layers.0", "layers.1", "lm_head")]
    assert chosen_sites(sites, ["lm_head", "layers.0"]) == (sites[0], sites[2])
    with pytest.raises(RequestError, match=r"layers\.5"):
        chosen_sites(sites, ["layers.5"])
