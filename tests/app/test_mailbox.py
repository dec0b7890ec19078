from __future__ import annotations

from app.mailbox import Mailbox
from app.messages import Loading, Wrote
from tests.app.fake_engine import stats_at


def test_letters_come_in_order_and_each_wakes_the_reader() -> None:
    woken: list[None] = []
    box = Mailbox(lambda: woken.append(None))
    letters = [Wrote(1, "", "a"), Wrote(1, "", "b")]
    for letter in letters:
        box.post(letter)
    assert list(box.collect()) == letters
    assert len(woken) == 2
    assert list(box.collect()) == []


def test_of_a_dense_kind_only_the_newest_waits_and_nobody_is_woken() -> None:
    woken: list[None] = []
    box = Mailbox(lambda: woken.append(None))
    newest = stats_at("lm_head", tokens=9)
    box.post(stats_at("lm_head", tokens=8))
    box.post(Loading("Reading weights"))
    box.post(newest)
    assert woken == []
    assert list(box.collect()) == []
    assert box.take(type(newest)) is newest
    assert box.take(type(newest)) is None
    assert box.take(Loading) == Loading("Reading weights")
