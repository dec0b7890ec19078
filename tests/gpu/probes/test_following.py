from __future__ import annotations

import numpy as np
import pytest

from gpu.errors import RequestError
from gpu.events import ChannelStats, Token, TokenRows
from gpu.generate import Request, generate
from gpu.model import Model
from gpu.probes.following import Follower
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling
from tests.gpu.probes.conftest import PROMPT, Load


def held(model: Model) -> set[str]:
    return {entry.name for entry in model.ledger.entries() if "probes" in entry.bytes_by_purpose}


def test_rows_come_in_order_whatever_is_read_between(load: Load) -> None:
    model = load("random", "W16A16").model
    follower = Follower(model)
    follower.turn_to("layers.1")
    parts = []
    for part in (PROMPT[:9], PROMPT[9:10], PROMPT[10:30]):
        list(model.feed(part, probed=True))
        first, rows = follower.read()
        parts.append(rows)
        assert first == sum(len(before) for before in parts[:-1])
    assert len(follower.read()[1]) == 0
    model.rewind(0)
    whole = Follower(model)
    follower.close()
    whole.turn_to("layers.1")
    list(model.feed(PROMPT[:30], probed=True))
    expected = whole.read()[1]
    np.testing.assert_allclose(np.concatenate(parts), expected, atol=1e-4 * np.abs(expected).max())
    whole.close()
    model.rewind(0)
    assert held(model) == {"channel statistics", "newest values"}


def test_following_another_site_keeps_the_cache_and_begins_there(load: Load) -> None:
    model = load("random", "W16A16").model
    follower = Follower(model)
    list(model.feed(PROMPT[:9], probed=True))
    follower.turn_to("lm_head")
    assert model.cached_ids == list(PROMPT[:9])
    list(model.feed(PROMPT[9:12], probed=True))
    first, rows = follower.read()
    assert (first, rows.shape) == (9, (3, 96))
    with pytest.raises(RequestError, match=r"layers\.9"):
        follower.turn_to("layers.9")
    assert follower.site == ""
    model.rewind(0)


def test_it_is_full_before_rows_would_be_lost(load: Load) -> None:
    model = load("random", "W16A16").model
    follower = Follower(model)
    assert not follower.is_full
    follower.turn_to("layers.0")
    model.cached_ids.extend([0] * (follower._capacity - model.chunk_tokens))
    assert not follower.is_full
    model.cached_ids.append(0)
    assert follower.is_full
    model.rewind(0)
    follower.close()


def asked(selection: ProbeSelection) -> Request:
    return Request(1, PROMPT, Sampling(temperature=0), max_new_tokens=6, probe=selection)


def test_every_token_of_a_followed_site_arrives_once(load: Load) -> None:
    model, site, selection = load("random", "W16A16").model, "layers.1.mlp.down_proj", ProbeSelection()
    selection.followed = site
    events = list(generate(model, asked(selection)))
    rows = [event for event in events if isinstance(event, TokenRows)]
    read = [*PROMPT, *(event.token_id for event in events if isinstance(event, Token))][:-1]
    assert [token for event in rows for token in event.token_ids] == read
    assert rows[0].first == 0
    values = np.concatenate([event.values for event in rows])
    assert values.shape == (len(read), 160)
    assert held(model) == {"channel statistics", "newest values"}
    model.rewind(0)
    stats = generate(model, asked(ProbeSelection([site])))
    last = [event for event in stats if isinstance(event, ChannelStats)][-1]
    np.testing.assert_allclose(np.abs(values).max(axis=0), last.absmax, rtol=1e-3)
    model.rewind(0)
    np.testing.assert_allclose(values[-1], last.newest, atol=1e-3 * np.abs(last.newest).max())


def test_what_is_followed_may_change_while_it_runs(load: Load) -> None:
    model, selection = load("random", "W16A16").model, ProbeSelection()
    seen: list[tuple[str, int]] = []
    for event in generate(model, asked(selection)):
        if isinstance(event, Token):
            selection.followed = "layers.0"
        if isinstance(event, TokenRows):
            seen += [(event.site, event.first + place) for place in range(len(event.token_ids))]
    assert {site for site, _ in seen} <= {"layers.0"}
    model.rewind(0)
    assert [place for _, place in seen] == sorted({place for _, place in seen})
