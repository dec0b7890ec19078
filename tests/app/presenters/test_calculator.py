"""The bar and the verdict in words."""

from __future__ import annotations

from app.presenters.calculator import bar_frame, segment_of, share_text, terms_by_segment, verdict_frame
from gpu.calculator.estimate import estimate
from gpu.calculator.solve import alternatives
from tests.app.calculator.cases import GIB, asked, room

FOUND = estimate(asked())


def test_segments_are_all_of_the_estimate_embeddings_apart() -> None:
    bar = bar_frame(FOUND, (room(),), frozenset())
    assert sum(segment.size_bytes for segment in bar.segments) == FOUND.total_bytes
    assert [s.key for s in bar.segments][:4] == ["weights", "scales", "embeddings", "norms"]
    embeddings = next(s for s in bar.segments if s.key == "embeddings")
    assert embeddings.size_bytes == 151_936 * 1024 // 2 + 151_936 * 32 * 2, "tied: once, with its scales"


def test_the_tooltip_has_the_formula_with_its_numbers() -> None:
    cache = next(s for s in bar_frame(FOUND, (), frozenset()).segments if s.key == "kv_cache")
    assert "2 · 28 · 8 · 128 · 8192 · 2 B" in cache.tooltip
    assert (cache.edge, cache.edge_value) == ("Context", "8,192 tokens")


def test_locked_edges_stand_still() -> None:
    locks = frozenset({"context", "batch", "chats", "kv", "bits"})
    bar = bar_frame(FOUND, (room(),), locks)
    assert {segment.edge for segment in bar.segments} == {""}
    assert bar.total_edge == ""
    batch = bar_frame(FOUND, (room(),), frozenset({"context"}))
    assert next(s for s in batch.segments if s.key == "kv_cache").edge == "Batch"


def test_the_scale_shows_need_and_card_unless_one_dwarfs_the_other() -> None:
    assert bar_frame(FOUND, (room(4 * GIB),), frozenset()).scale_bytes > 4 * GIB
    assert bar_frame(FOUND, (room(GIB // 2),), frozenset()).scale_bytes > FOUND.total_bytes
    assert bar_frame(FOUND, (room(800 * GIB),), frozenset()).scale_bytes < 2 * FOUND.total_bytes


def test_the_verdict_says_what_is_left() -> None:
    verdict = verdict_frame(FOUND, (room(4 * GIB),))
    assert verdict.sentence.startswith("Fits the RTX 3060 and leaves 2.")
    assert verdict.mood == "good"
    assert "qwen3-0.6b · W4A8 · 8,192 tokens" in verdict.detail


def test_the_verdict_says_how_much_is_too_much_and_what_is_largest() -> None:
    tight = room(GIB)
    verdict = verdict_frame(FOUND, (tight,), ways=alternatives(FOUND.inputs, frozenset(), GIB))
    missing = (FOUND.total_bytes - GIB) / 2**20
    assert verdict.sentence == f"Does not fit the RTX 3060: {missing:.2f} MiB too much"
    assert verdict.mood == "bad"
    assert "The largest part: KV cache, 896.00 MiB." in verdict.detail
    assert [way.key for way in verdict.actions] == ["0", "1", "2"][: len(verdict.actions)]
    assert verdict.actions


def test_what_this_engine_does_not_run_is_said() -> None:
    found = estimate(asked("W5A8"))
    assert verdict_frame(found, (room(),)).moved.startswith("This engine does not run it: ")


def test_without_a_card_there_is_an_amount_and_no_judgement() -> None:
    verdict = verdict_frame(FOUND, ())
    assert verdict.mood == "neutral"
    assert "Choose a card" in verdict.detail


def test_shares_have_no_false_precision() -> None:
    assert [share_text(1, 1000), share_text(124, 1000), share_text(1, 0)] == ["< 1%", "12%", "< 1%"]


def test_every_term_has_its_segment() -> None:
    assert {segment_of(term) for term in FOUND.terms} >= set(terms_by_segment(FOUND))
