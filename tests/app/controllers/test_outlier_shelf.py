from __future__ import annotations

from app.controllers.outlier_shelf import Shelf
from tests.gpu.probes.test_verdicts import planned


def test_the_newest_is_on_show_and_compared_with_the_one_before() -> None:
    shelf = Shelf()
    assert (shelf.capture, shelf.compared, shelf.other) == (None, None, "")
    first, second = planned({}), planned({})
    shelf.put("text", first)
    assert (shelf.capture, shelf.other) == (first, "")
    shelf.put("text", second)
    assert shelf.names == ("text", "text (2)")
    assert (shelf.capture, shelf.compared) == (second, first)
    shelf.shown = "text"
    assert shelf.compared is second


def test_the_one_on_show_is_dropped_for_the_one_it_was_compared_with() -> None:
    shelf = Shelf()
    for name in ("one", "two", "three"):
        shelf.put(name, planned({}))
    shelf.compare_with("one")
    shelf.drop()
    assert (shelf.shown, shelf.other, shelf.names) == ("one", "two", ("one", "two"))
    shelf.drop()
    shelf.drop()
    shelf.drop()
    assert (shelf.shown, shelf.capture, shelf.names) == ("", None, ())


def test_a_token_replaces_the_token_before_it_and_nothing_else() -> None:
    shelf = Shelf()
    shelf.put("text", planned({}))
    for name in ("one", "one", "two"):
        shelf.put_token(name, planned({}))
        assert (shelf.shown, shelf.other) == (name, "text")
    shelf.shown = "text"
    shelf.put_token("three", planned({}))
    assert shelf.names == ("text", "three")
    assert (shelf.shown, shelf.other) == ("three", "text")
