from __future__ import annotations

from gpu.probes.selection import ProbeSelection


def test_a_choice_replaces_the_one_before() -> None:
    selection = ProbeSelection(["a", "b"])
    before = selection.sites
    assert before == {"a", "b"}
    selection.choose("c")
    assert selection.sites == {"c"}
    assert before == {"a", "b"}
    selection.choose()
    assert not selection.sites
